package io.sluice.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.ToLongFunction;

/** All subscribers of a run, spread over event loops. Its methods are for the main thread and wait for the loops. */
final class Audience {

    private record Seat(Subscriber.Shared shared, Subscriber subscriber) {}

    private static final int OPENING_AT_ONCE = 50;
    private static final long PATIENCE = 30_000_000_000L;
    private static final int POLL_MILLIS = 5;

    private final List<Subscriber.Shared> loops = new ArrayList<>();
    private final List<Seat> seats = new ArrayList<>();

    Audience(Loops group, int count) {
        for (int i = 0; i < count; i++) {
            loops.add(new Subscriber.Shared(group.next()));
        }
    }

    /** Opens so many subscribers, the i-th with the i-th token, and waits until all are ready. */
    void open(int count, Wish wish, List<String> tokens, long after, long goal) throws InterruptedException {
        long deadline = Clocks.now() + PATIENCE;
        for (int i = 0; i < count; ) {
            int opened = opened();
            for (; i < count && i < opened + OPENING_AT_ONCE; i++) {
                add(wish.with(tokens.get(i % tokens.size()), after), goal);
            }
            deadline = opened() > opened ? Clocks.now() + PATIENCE : deadline;
            check(deadline);
            Thread.sleep(1);
        }
        while (opened() < count) {
            check(deadline);
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void add(Wish wish, long goal) throws InterruptedException {
        var shared = loops.get(seats.size() % loops.size());
        var subscriber = new Subscriber(shared, wish);
        seats.add(new Seat(shared, subscriber));
        Loops.on(shared.loop, () -> {
            subscriber.expect(goal);
            subscriber.open();
        });
    }

    private void check(long deadline) throws InterruptedException {
        var tally = tally();
        if (tally.ended > 0 || Clocks.now() > deadline) {
            throw new IllegalStateException("only " + opened() + " of " + seats.size() + " are open, " + tally.ended
                    + " have ended; " + trouble());
        }
    }

    private int opened() throws InterruptedException {
        int sum = 0;
        for (var shared : loops) {
            sum += Loops.on(shared.loop, () -> shared.opened);
        }
        return sum;
    }

    String trouble() throws InterruptedException {
        var words = new StringBuilder();
        for (var shared : loops) {
            words.append(Loops.on(shared.loop, () -> shared.trouble));
        }
        return words.toString();
    }

    /** Begins a new measurement of events sent from then on; what was seen before is forgotten. */
    void reset(long measureFrom) throws InterruptedException {
        for (var shared : loops) {
            Loops.on(shared.loop, () -> {
                shared.tally = new Tally(measureFrom);
                seats.stream().filter(seat -> seat.shared() == shared).forEach(seat -> seat.subscriber()
                        .forget());
            });
        }
    }

    Tally tally() throws InterruptedException {
        var all = new Tally(0);
        for (var shared : loops) {
            Loops.on(shared.loop, () -> all.add(shared.tally));
        }
        return all;
    }

    long missing(long[] positions) throws InterruptedException {
        return sum(subscriber -> subscriber.missing(positions));
    }

    boolean hasSeen(long position) throws InterruptedException {
        return sum(subscriber -> subscriber.last() >= position ? 0 : 1) == 0;
    }

    boolean isComplete() throws InterruptedException {
        return sum(subscriber -> subscriber.completeAt() > 0 ? 0 : 1) == 0;
    }

    boolean isReady() throws InterruptedException {
        return sum(subscriber -> subscriber.isReady() ? 0 : 1) == 0;
    }

    long sum(ToLongFunction<Subscriber> figure) throws InterruptedException {
        return of(figure).stream().mapToLong(Long::longValue).sum();
    }

    List<Long> of(ToLongFunction<Subscriber> figure) throws InterruptedException {
        var all = new ArrayList<Long>();
        for (var shared : loops) {
            Loops.on(shared.loop, () -> seats.stream()
                    .filter(seat -> seat.shared() == shared)
                    .forEach(seat -> all.add(figure.applyAsLong(seat.subscriber()))));
        }
        return all;
    }

    /** Cuts each subscriber with the given probability; each returns within the given time. */
    long cut(double share, int millis) throws InterruptedException {
        long cuts = 0;
        var random = ThreadLocalRandom.current();
        for (var seat : seats) {
            if (random.nextDouble() < share) {
                cuts++;
                long away = random.nextInt(millis);
                seat.shared().loop.execute(() -> seat.subscriber().cutAndReturn(away));
            }
        }
        return cuts;
    }

    void leave() throws InterruptedException {
        for (var seat : seats) {
            Loops.on(seat.shared().loop, seat.subscriber()::leave);
        }
        seats.clear();
    }
}
