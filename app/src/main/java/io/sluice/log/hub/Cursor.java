package io.sluice.log.hub;

import io.sluice.access.Principal;
import io.sluice.log.Snapshots;
import io.sluice.log.Topic;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One stream: a position, topics, and a demand. It holds no events of its own: it takes them from the ring, or page by
 * page when it has fallen out of it, and only as many as were asked for and the connection can take. Everything here
 * happens on the outlet's executor; the verbs marked so may be called from elsewhere.
 */
public final class Cursor {

    private static final int STEPS_A_TURN = 4_096;
    private static final int WAITING_ANSWERS = 256;
    private static final int FRAME_LIMIT = 1 << 20;

    private final Hub hub;
    private final Tail tail;
    private final Lane lane;
    private final StreamConnection connection;
    private final Outlet outlet;
    private final Interest interest;
    private final int packing;
    private final boolean conflating;
    private final Deque<Control> control = new ArrayDeque<>();
    private final Map<String, Integer> skipped = new HashMap<>();
    private final Deque<byte[]> pack = new ArrayDeque<>();

    private volatile long position;
    private long demand;
    private Pages.@Nullable Page page;
    private boolean loading;
    private @Nullable Feeding feeding;
    private boolean ending;
    private volatile boolean ended;
    private long beatAt;

    private record Control(FrameKind kind, byte[] json) {}

    Cursor(
            Hub hub,
            Tail tail,
            StreamConnection connection,
            Outlet outlet,
            Interest interest,
            StreamWish wish,
            long position) {
        this.hub = hub;
        this.tail = tail;
        this.lane = tail.laneOf(outlet.executor());
        this.connection = connection;
        this.outlet = outlet;
        this.interest = interest;
        this.packing = wish.packing();
        this.conflating = wish.isConflating();
        this.position = position;
        this.beatAt = System.nanoTime() + hub.settings().beat().toNanos();
    }

    void start() {
        connection.carry(this);
        lane.add(this);
        drain();
    }

    Interest interest() {
        return interest;
    }

    long position() {
        return position;
    }

    /** Events between this stream and the head; read from anywhere, so a moment old. */
    long lag() {
        return Math.max(0, tail.head() - position);
    }

    /** Answers a ping with what it brought. From any thread. */
    void pong(@Nullable String echo, @Nullable String ref) {
        run(() -> answer(FrameKind.BEAT, Frames.beat(position, interest.reader().expiresAt(), echo, ref)));
    }

    boolean hasEnded() {
        return ended;
    }

    /** More frames may be sent. From any thread. */
    public void request(long n) {
        run(() -> {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            drain();
        });
    }

    /** The reader is gone. From any thread. */
    public void cancel() {
        run(this::end);
    }

    /** The connection can take more. From any thread. */
    public void drainSoon() {
        run(this::drain);
    }

    private void run(Runnable task) {
        if (outlet.executor().inEventLoop()) {
            task.run();
        } else {
            outlet.executor().execute(task);
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            if (feeding != null) {
                feeding.cancel();
            }
            connection.leave(this);
            page = null;
            control.clear();
            lane.wake();
        }
    }

    /** Ends the stream with a reason, once what was promised before is out. From any thread. */
    void bye(String reason, long retryAfterMillis) {
        run(() -> {
            if (!ending && !ended) {
                ending = true;
                control.clear();
                control.add(new Control(FrameKind.BYE, Frames.bye(reason, position, retryAfterMillis)));
                demand = Math.max(demand, 1);
                drain();
                complete();
            }
        });
    }

    private void complete() {
        if (!ended) {
            end();
            outlet.complete();
        }
    }

    /** Puts an answer in line; a reader that sends and never reads is ended. */
    void answer(FrameKind kind, byte[] json) {
        if (control.size() >= WAITING_ANSWERS) {
            bye("limit", 1_000);
            return;
        }
        control.add(new Control(kind, json));
        drain();
    }

    void drain() {
        int steps = 0;
        while (!ended && demand > 0 && outlet.isWritable()) {
            if (!control.isEmpty()) {
                Control next = control.remove();
                emit(next.kind(), next.json());
            } else if (ending) {
                return;
            } else if (feeding != null) {
                if (!feeding.emitNext()) {
                    return;
                }
            } else if (!step()) {
                flushPack();
                return;
            } else if (++steps >= STEPS_A_TURN) {
                flushPack();
                lane.wake();
                return;
            }
        }
        flushPack();
    }

    /** Moves on by one event; false when there is none to be had now. */
    private boolean step() {
        LiveEvent event = next();
        if (event == null) {
            return false;
        }
        position = event.position();
        if (interest.wants(event)) {
            take(event);
        }
        return true;
    }

    private @Nullable LiveEvent next() {
        long wanted = position + 1;
        if (wanted > tail.head()) {
            return null;
        }
        LiveEvent event = tail.ring().get(wanted);
        if (event != null) {
            page = null;
            return event;
        }
        return fromPage(wanted);
    }

    private @Nullable LiveEvent fromPage(long wanted) {
        if (page != null && page.covers(wanted)) {
            int index = (int) (wanted - 1 - page.index() * Pages.SIZE);
            if (index < page.events().size()) {
                return page.events().get(index);
            }
        }
        page = null;
        load(wanted);
        return null;
    }

    private void load(long wanted) {
        if (loading) {
            return;
        }
        loading = true;
        Publisher<Pages.Page> read = hub.pages().read(tail.tenant(), wanted, () -> run(this::loadAgain));
        if (read != null) {
            read.subscribe(new Arrival<>(this::arrived, _ -> run(this::loadAgain)));
        }
    }

    private void loadAgain() {
        loading = false; // the next tick or turn asks again
    }

    private void arrived(Pages.Page loaded) {
        run(() -> {
            loading = false;
            page = loaded;
            if (loaded.isWhole() && demand > Pages.SIZE && conflating == false) {
                hub.pages().prepare(tail.tenant(), (loaded.index() + 1) * Pages.SIZE + 1);
            }
            drain();
        });
    }

    private void take(LiveEvent event) {
        if (conflating && isOutdated(event)) {
            skipped.merge(event.subject(), 1, Integer::sum);
            hub.meters().skipped(1);
            return;
        }
        Integer before = skipped.isEmpty() ? null : skipped.remove(event.subject());
        byte[] frame = event.frameFor(interest.reader());
        byte[] json = before == null ? frame : Frames.skipping(frame, before);
        if (packing == 1) {
            emit(FrameKind.EVENT, json);
        } else {
            packUp(json);
        }
    }

    /** A newer state of the subject waits already, in the ring or further on in the page. */
    private boolean isOutdated(LiveEvent event) {
        if (!event.isStateCarrying()) {
            return false;
        }
        if (tail.ring().newestOf(event.subject()) > event.position()) {
            return true;
        }
        if (page == null) {
            return false;
        }
        List<LiveEvent> events = page.events();
        for (int i = (int) (event.position() - page.index() * Pages.SIZE); i < events.size(); i++) {
            if (events.get(i).isStateCarrying() && events.get(i).subject().equals(event.subject())) {
                return true;
            }
        }
        return false;
    }

    private int packed;

    private void packUp(byte[] json) {
        if (packed + json.length + 256 > FRAME_LIMIT) {
            flushPack();
        }
        pack.add(json);
        packed += json.length;
        if (pack.size() == packing) {
            flushPack();
        }
    }

    private void flushPack() {
        if (!pack.isEmpty() && !ended) {
            byte[] frame = Frames.batch(pack, position);
            pack.clear();
            packed = 0;
            emit(FrameKind.EVENT, frame);
        }
    }

    private void emit(FrameKind kind, byte[] json) {
        if (demand != Long.MAX_VALUE) {
            demand--;
        }
        hub.meters().sent(kind, json.length);
        beatAt = System.nanoTime() + hub.settings().beat().toNanos();
        outlet.frame(kind, position, json);
    }

    /** Once a second: expiry, beats, and another try for what could not be had. */
    void tick(long nanos) {
        if (ended) {
            return;
        }
        Principal reader = interest.reader();
        if (!Instant.now().isBefore(reader.expiresAt())) {
            bye("token-expired", 0);
            return;
        }
        if (feeding != null && feeding.isStalledSince(nanos)) {
            bye("limit", 1_000);
            return;
        }
        if (nanos - beatAt >= 0 && demand > 0 && control.isEmpty()) {
            answer(FrameKind.BEAT, Frames.beat(position, reader.expiresAt(), null, null));
        }
        drain();
    }

    /** Goes on with other rights: what is lost is named, and nothing that only they showed follows. From any thread. */
    void continueAs(Principal renewed) {
        run(() -> {
            List<Frames.Refusal> lost = new ArrayList<>();
            for (Topic topic : interest.topics()) {
                if (!io.sluice.access.TopicPolicy.mayRead(renewed, topic)) {
                    interest.drop(topic);
                    lost.add(new Frames.Refusal(topic.toString(), "revoked"));
                }
            }
            interest.readAs(renewed);
            for (Topic topic : hub.implicitTopics(renewed)) {
                if (!interest.holds(topic) && topic.kind() == Topic.Kind.ROLE) {
                    interest.add(topic, position);
                }
            }
            answer(FrameKind.READY, ready(lost, List.of(), null));
        });
    }

    byte[] ready(List<Frames.Refusal> refused, List<Frames.Complaint> errors, @Nullable String ref) {
        return Frames.ready(position, connection.id(), interest.reader(), interest.names(), refused, errors, ref);
    }

    /** Adds and drops topics while the stream runs, answered with the message's ref. From any thread. */
    void change(Granting granting, List<Topic> dropped, List<Frames.Complaint> errors, boolean withState, @Nullable String ref) {
        run(() -> {
            List<Frames.Complaint> complaints = new ArrayList<>(errors);
            for (Topic topic : dropped) {
                if (!interest.drop(topic)) {
                    complaints.add(new Frames.Complaint("not-held", "the stream does not hold " + topic));
                }
            }
            boolean stateful = withState && !granting.granted().isEmpty();
            granting.granted().forEach(topic -> interest.add(topic, stateful ? Long.MAX_VALUE : Math.max(position, tail.head())));
            answer(FrameKind.READY, ready(granting.refused(), complaints, ref));
            if (stateful) {
                feed(granting.granted());
            }
        });
    }

    /** Topics that a message asked for, decided. */
    record Granting(List<Topic> granted, List<Frames.Refusal> refused) {}

    /** Sends the state of the topics before any further event. */
    void feed(List<Topic> topics) {
        var reading = new Feeding(topics);
        feeding = reading;
        hub.snapshotOf(tail.tenant(), topics, interest.reader()).subscribe(reading);
    }

    /** Parts of snapshots on their way: one is held, the next is asked for when it is out. */
    private final class Feeding implements CoreSubscriber<Snapshots.Part> {

        private final List<Topic> topics;
        private @Nullable Subscription subscription;
        private Snapshots.@Nullable Part part;
        private long asOf = position;
        private boolean finished;
        private volatile long waitingSince = System.nanoTime();

        Feeding(List<Topic> topics) {
            this.topics = topics;
        }

        @Override
        public void onSubscribe(Subscription source) {
            subscription = source;
            source.request(1);
        }

        @Override
        public void onNext(Snapshots.Part next) {
            run(() -> {
                part = next;
                asOf = next.position();
                drain();
            });
        }

        @Override
        public void onError(Throwable error) {
            run(() -> bye("limit", 1_000));
        }

        @Override
        public void onComplete() {
            run(() -> {
                finished = true;
                drain();
            });
        }

        /** False when nothing can be sent now. */
        boolean emitNext() {
            Snapshots.Part ready = part;
            if (ready != null) {
                part = null;
                waitingSince = System.nanoTime();
                emit(FrameKind.SNAPSHOT, Frames.snapshot(ready));
                if (subscription != null) {
                    subscription.request(1);
                }
                return true;
            }
            if (!finished) {
                return false;
            }
            for (Topic topic : topics) {
                if (interest.holds(topic)) {
                    interest.add(topic, asOf);
                }
            }
            if (interest.positions().values().stream().allMatch(after -> after >= asOf)) {
                position = Math.max(position, asOf);
            }
            feeding = null;
            return true;
        }

        boolean isStalledSince(long nanos) {
            return nanos - waitingSince > hub.settings().silence().toNanos();
        }

        void cancel() {
            if (subscription != null) {
                subscription.cancel();
            }
        }
    }

    /** Takes one value. */
    private record Arrival<T>(Consumer<T> value, Consumer<Throwable> failure) implements CoreSubscriber<T> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(T next) {
            value.accept(next);
        }

        @Override
        public void onError(Throwable error) {
            failure.accept(error);
        }

        @Override
        public void onComplete() {
            // the value has come before
        }
    }
}
