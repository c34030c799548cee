package io.sluice.log.hub;

import io.sluice.access.Principal;
import io.sluice.access.TopicPolicy;
import io.sluice.log.Snapshots;
import io.sluice.log.Topic;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final WeakReference<Pages.Page> NO_PAGE = new WeakReference<>(null);

    private final Hub hub;
    private final Tail tail;
    private final Lane lane;
    private final StreamConnection connection;
    private final Outlet outlet;
    private final Interest interest;
    private final int packing;
    private final boolean conflating;
    private final boolean implicit;
    private final Deque<Control> control = new ArrayDeque<>();
    private final Map<String, Integer> skipped = new HashMap<>();
    private final Deque<byte[]> pack = new ArrayDeque<>();

    private volatile long position;
    private long demand;
    private WeakReference<Pages.Page> page = NO_PAGE;
    private boolean loading;
    private @Nullable Feeding feeding;
    private final Deque<List<Topic>> toFeed = new ArrayDeque<>();
    private boolean draining;
    private boolean drainAgain;
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
        this.implicit = wish.wantsImplicit();
        this.position = position;
        this.beatAt = System.nanoTime() + hub.settings().beat().toNanos();
        this.movedAt = System.nanoTime();
    }

    /** Rights that changed, or a farewell that was said, while the stream was on its way hold for it, too. */
    void start() {
        connection.carry(this);
        tail.join();
        lane.add(this);
        StreamConnection.Farewell farewell = connection.farewell();
        if (farewell != null) {
            bye(farewell.reason(), farewell.retryAfterMillis());
        } else if (connection.principal() != interest.reader()) {
            continueAs(connection.principal(), null);
        }
        drain();
    }

    Interest interest() {
        return interest;
    }

    long position() {
        return position;
    }

    boolean isConflating() {
        return conflating;
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
            tail.leave();
            page = NO_PAGE;
            control.clear();
            pack.clear();
            toFeed.clear();
            lane.wake();
        }
    }

    /** Ends the stream with a reason, once what was promised before is out. From any thread. */
    void bye(String reason, long retryAfterMillis) {
        run(() -> {
            if (!ending && !ended) {
                ending = true;
                demand = Math.max(demand, 1);
                emit(FrameKind.BYE, Frames.bye(reason, position, retryAfterMillis));
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

    /** A frame that goes out may bring demand back before it returns: that is served when it has returned. */
    void drain() {
        if (draining) {
            drainAgain = true;
            return;
        }
        draining = true;
        do {
            drainAgain = false;
            drainOnce();
        } while (drainAgain && !ended);
        draining = false;
    }

    private void drainOnce() {
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
        if (!interest.wants(event)) {
            position = event.position();
            return true;
        }
        return take(event);
    }

    private @Nullable LiveEvent next() {
        long wanted = position + 1;
        if (wanted > tail.head()) {
            return null;
        }
        LiveEvent event = tail.ring().get(wanted);
        if (event != null) {
            page = NO_PAGE;
            return event;
        }
        return fromPage(wanted);
    }

    /** The page is held weakly: a reader that has stopped asking keeps nothing in memory. */
    private @Nullable LiveEvent fromPage(long wanted) {
        Pages.Page held = page.get();
        if (held != null && held.covers(wanted)) {
            int index = (int) (wanted - 1 - held.index() * Pages.SIZE);
            if (index < held.events().size()) {
                return held.events().get(index);
            }
        }
        page = NO_PAGE;
        load(wanted);
        return null;
    }

    private void load(long wanted) {
        if (loading) {
            return;
        }
        loading = true;
        Publisher<Pages.Page> read = hub.pages().read(tail.tenant(), wanted, () -> run(this::loadNow));
        if (read != null) {
            read.subscribe(new Arrival<>(this::arrived, () -> run(this::loadLater)));
        }
    }

    private void loadNow() {
        loading = false;
        drain();
    }

    private void loadLater() {
        loading = false; // the next tick asks again
    }

    private void arrived(Pages.Page loaded) {
        run(() -> {
            loading = false;
            page = new WeakReference<>(loaded);
            prepareAfter(loaded);
            drain();
            Reference.reachabilityFence(loaded);
        });
    }

    private void prepareAfter(Pages.Page loaded) {
        long next = (loaded.index() + 1) * Pages.SIZE + 1;
        if (loaded.isWhole()
                && demand > Pages.SIZE
                && !conflating
                && next <= tail.head()
                && tail.ring().get(next) == null) {
            hub.pages().prepare(tail.tenant(), next);
        }
    }

    /** True always: the step is done, or the pack had to leave first and the event waits for its turn. */
    private boolean take(LiveEvent event) {
        if (conflating && isOutdated(event)) {
            position = event.position();
            skipped.merge(event.subject(), 1, Integer::sum);
            hub.meters().skipped(1);
            return true;
        }
        Integer before = skipped.isEmpty() || !event.isStateCarrying() ? null : skipped.get(event.subject());
        byte[] frame = event.frameFor(interest.reader());
        byte[] json = before == null ? frame : Frames.skipping(frame, before);
        if (!pack.isEmpty() && packed + json.length + 256 > FRAME_LIMIT) {
            flushPack();
            return true;
        }
        position = event.position();
        if (before != null) {
            skipped.remove(event.subject());
        }
        if (packing == 1) {
            emit(FrameKind.EVENT, json);
        } else {
            packUp(json);
        }
        return true;
    }

    /** A newer state of the subject waits already, in the ring or further on in the page. */
    private boolean isOutdated(LiveEvent event) {
        if (!event.isStateCarrying()) {
            return false;
        }
        long newest = tail.ring().newestOf(event.subject());
        if (newest > event.position()) {
            LiveEvent newer = tail.ring().get(newest);
            if (newer != null && interest.wants(newer)) {
                return true;
            }
        }
        Pages.Page held = page.get();
        return held != null && held.covers(event.position()) && isOutdatedIn(held, event);
    }

    private boolean isOutdatedIn(Pages.Page held, LiveEvent event) {
        List<LiveEvent> events = held.events();
        for (int i = (int) (event.position() - held.index() * Pages.SIZE); i < events.size(); i++) {
            LiveEvent newer = events.get(i);
            if (newer.isStateCarrying() && newer.subject().equals(event.subject()) && interest.wants(newer)) {
                return true;
            }
        }
        return false;
    }

    private int packed;

    private void packUp(byte[] json) {
        pack.add(json);
        packed += json.length + 1;
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
        movedAt = System.nanoTime();
        beatAt = movedAt + hub.settings().beat().toNanos();
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
        if (outlet.endsWhenStalled() && isStalled(nanos)) {
            end();
            outlet.abort();
            return;
        }
        if (nanos - beatAt >= 0 && demand > 0 && control.isEmpty()) {
            answer(FrameKind.BEAT, Frames.beat(position, reader.expiresAt(), null, null));
        }
        drain();
    }

    private long movedAt;

    /** There is something to send, and for a long time none of it could be. */
    private boolean isStalled(long nanos) {
        boolean waiting = !control.isEmpty() || position < tail.head();
        if (!waiting || loading || (demand > 0 && outlet.isWritable())) {
            movedAt = nanos;
            return false;
        }
        return nanos - movedAt > hub.settings().stalledSse().toNanos();
    }

    /** Goes on with other rights: what is lost is named, and nothing that only they showed follows. From any thread. */
    void continueAs(Principal renewed, @Nullable String ref) {
        run(() -> {
            if (ended) {
                return;
            }
            List<Frames.Refusal> lost = new ArrayList<>();
            for (Topic topic : interest.topics()) {
                if (!TopicPolicy.mayRead(renewed, topic)) {
                    interest.drop(topic);
                    lost.add(new Frames.Refusal(topic.toString(), "revoked"));
                }
            }
            interest.readAs(renewed);
            for (Topic topic : implicit ? hub.implicitTopics(renewed) : List.<Topic>of()) {
                if (!interest.holds(topic) && topic.kind() == Topic.Kind.ROLE) {
                    interest.add(topic, position);
                }
            }
            answer(FrameKind.READY, ready(lost, List.of(), ref));
        });
    }

    byte[] ready(List<Frames.Refusal> refused, List<Frames.Complaint> errors, @Nullable String ref) {
        return Frames.ready(position, connection.id(), interest.reader(), interest.names(), refused, errors, ref);
    }

    /** Adds and drops topics while the stream runs, answered with the message's ref. From any thread. */
    void change(
            Granting granting,
            List<Topic> dropped,
            List<Frames.Complaint> errors,
            boolean withState,
            @Nullable String ref) {
        run(() -> {
            if (ended) {
                return;
            }
            List<Frames.Complaint> complaints = new ArrayList<>(errors);
            for (Topic topic : dropped) {
                if (!interest.drop(topic)) {
                    complaints.add(new Frames.Complaint("not-held", "the stream does not hold " + topic));
                }
            }
            Granting still = granting.asOf(interest.reader());
            if (isOverLimit(still)) {
                complaints.add(new Frames.Complaint(
                        "topic-limit",
                        "a stream holds at most " + hub.settings().topics() + " topics"));
                still = new Granting(List.of(), still.refused());
            }
            boolean stateful = withState && !still.granted().isEmpty();
            still.granted().forEach(topic -> add(topic, stateful));
            answer(FrameKind.READY, ready(still.refused(), complaints, ref));
            if (stateful) {
                feed(still.granted());
            }
        });
    }

    /** A topic that is held already goes on where it was, unless its state comes anew. */
    private void add(Topic topic, boolean stateful) {
        if (stateful) {
            interest.add(topic, Long.MAX_VALUE);
        } else if (!interest.holds(topic)) {
            interest.add(topic, Math.max(position, tail.head()));
        }
    }

    /** The implicit topics do not count. */
    private boolean isOverLimit(Granting granting) {
        Set<Topic> held = new HashSet<>(interest.topics());
        int before = held.size();
        held.addAll(granting.granted());
        if (implicit) {
            hub.implicitTopics(interest.reader()).forEach(held::remove);
        }
        return held.size() > hub.settings().topics()
                && before < interest.size() + granting.granted().size();
    }

    /** Topics that a message asked for, decided. */
    record Granting(List<Topic> granted, List<Frames.Refusal> refused) {

        /** Decided anew: rights may have changed while it was looked which subjects exist. */
        Granting asOf(Principal reader) {
            if (granted.stream().allMatch(topic -> TopicPolicy.mayRead(reader, topic))) {
                return this;
            }
            List<Frames.Refusal> more = new ArrayList<>(refused);
            granted.stream()
                    .filter(topic -> !TopicPolicy.mayRead(reader, topic))
                    .forEach(topic -> more.add(new Frames.Refusal(topic.toString(), "forbidden")));
            return new Granting(
                    granted.stream()
                            .filter(topic -> TopicPolicy.mayRead(reader, topic))
                            .toList(),
                    more);
        }
    }

    /** Sends the state of the topics before any further event; one message's topics after the other's. */
    void feed(List<Topic> topics) {
        if (feeding != null) {
            toFeed.add(topics);
            return;
        }
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
            if (ended) {
                source.cancel();
            } else {
                source.request(1);
            }
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
            if (!toFeed.isEmpty()) {
                feed(toFeed.remove());
            }
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

    /** Takes one value; ends without one are failures. */
    private record Arrival<T>(Consumer<T> value, Runnable failure, AtomicBoolean arrived) implements CoreSubscriber<T> {

        Arrival(Consumer<T> value, Runnable failure) {
            this(value, failure, new AtomicBoolean());
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(T next) {
            arrived.set(true);
            value.accept(next);
        }

        @Override
        public void onError(Throwable error) {
            failure.run();
        }

        @Override
        public void onComplete() {
            if (!arrived.get()) {
                failure.run();
            }
        }
    }
}
