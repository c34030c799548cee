package io.sluice.log.hub;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.access.Permission;
import io.sluice.access.Principal;
import io.sluice.access.Role;
import io.sluice.access.Scope;
import io.sluice.access.TopicPolicy;
import io.sluice.log.EventTypes;
import io.sluice.log.LogFollower;
import io.sluice.log.LogSource;
import io.sluice.log.Recorded;
import io.sluice.log.Snapshots;
import io.sluice.log.Subjects;
import io.sluice.log.Topic;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import io.sluice.web.Binder;
import io.sluice.web.Identities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Opens streams: decides topics, finds the position, and keeps the connections and their limits. */
public final class Hub implements LogFollower, SmartLifecycle {

    private static final Set<String> ACCESS_EVENTS =
            Set.of("grants.changed", "session.ended", "user.status.changed", "user.updated", "tenant.status.changed");
    private static final Duration NOTICE = Duration.ofSeconds(2);

    private final Tails tails;
    private final LogSource source;
    private final Subjects subjects;
    private final Snapshots snapshots;
    private final Identities identities;
    private final Pages pages;
    private final StreamSettings settings;
    private final StreamMeters meters;
    private final Set<StreamConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<UUID, AtomicInteger> perUser = new ConcurrentHashMap<>();
    private volatile boolean open;

    Hub(
            Tails tails,
            LogSource source,
            EventTypes types,
            Subjects subjects,
            Snapshots snapshots,
            Identities identities,
            StreamSettings settings,
            MeterRegistry registry) {
        this.tails = tails;
        this.source = source;
        this.subjects = subjects;
        this.snapshots = snapshots;
        this.identities = identities;
        this.pages = new Pages(source, types);
        this.settings = settings;
        this.meters = new StreamMeters(registry);
        for (String transport : List.of("rsocket", "sse", "ndjson")) {
            Gauge.builder("sluice_stream_connections", connections, all -> all.stream()
                            .filter(it -> it.transport().equals(transport))
                            .count())
                    .tag("transport", transport)
                    .register(registry);
        }
        for (boolean conflating : new boolean[] {false, true}) {
            Gauge.builder("sluice_stream_subscriptions", connections, all -> all.stream()
                            .flatMap(it -> it.cursors().stream())
                            .filter(it -> it.isConflating() == conflating)
                            .count())
                    .description("Streams that are open: of every event, or of the newest of each subject")
                    .tag("kind", conflating ? "conflated" : "every")
                    .register(registry);
        }
        Gauge.builder("sluice_stream_lag", this, Hub::highestLag)
                .description("Events that the slowest open stream is behind its tenant's head")
                .register(registry);
    }

    private double highestLag() {
        long highest = 0;
        for (StreamConnection connection : connections) {
            for (Cursor cursor : connection.cursors()) {
                highest = Math.max(highest, cursor.lag());
            }
        }
        return highest;
    }

    StreamSettings settings() {
        return settings;
    }

    StreamMeters meters() {
        return meters;
    }

    Pages pages() {
        return pages;
    }

    public Set<StreamConnection> connections() {
        return Set.copyOf(connections);
    }

    public int count() {
        return connections.size();
    }

    public int limit() {
        return settings.connections();
    }

    /** Admits a connection, or refuses it with {@code shutting-down}, {@code node-full} or {@code user-full}. */
    public StreamConnection admit(Principal principal, String transport, String address) {
        if (!open) {
            throw refused(shuttingDown());
        }
        if (connections.size() >= settings.connections()) {
            throw refused(
                    new Problem.Unavailable("node-full", "this node has all its connections", Duration.ofSeconds(5)));
        }
        AtomicInteger own = perUser.computeIfAbsent(principal.account(), _ -> new AtomicInteger());
        if (own.incrementAndGet() > settings.connectionsPerUser()) {
            own.decrementAndGet();
            throw refused(new Problem.TooMany(
                    "user-full",
                    "a user has at most " + settings.connectionsPerUser() + " connections",
                    Duration.ofSeconds(30)));
        }
        var connection = new StreamConnection(principal, transport, address);
        connections.add(connection);
        rechecks.add(connection); // rights may have changed since the token was looked at
        return connection;
    }

    private Problem refused(Problem problem) {
        meters.refused(problem.code());
        return problem;
    }

    public void release(StreamConnection connection) {
        if (connections.remove(connection)) {
            connection.cursors().forEach(Cursor::cancel);
            rechecks.remove(connection);
            perUser.computeIfPresent(
                    connection.principal().account(), (_, own) -> own.decrementAndGet() <= 0 ? null : own);
        }
    }

    /** All that can be refused is decided before the stream begins. */
    public final class Prepared {

        private final Tail tail;
        private final StreamConnection connection;
        private final StreamWish wish;
        private final Cursor.Granting granting;
        private final long position;
        private final boolean tooOld;

        private Prepared(
                Tail tail,
                StreamConnection connection,
                StreamWish wish,
                Cursor.Granting granting,
                long position,
                boolean tooOld) {
            this.tail = tail;
            this.connection = connection;
            this.wish = wish;
            this.granting = granting;
            this.position = position;
            this.tooOld = tooOld;
        }

        /** Starts the stream on its outlet's executor; its first frame is {@code ready}. */
        public Cursor start(Outlet outlet) {
            if (connection.streams() >= settings.streamsPerConnection()) {
                throw streamLimit();
            }
            Principal reader = connection.principal();
            Cursor.Granting granting = this.granting.asOf(reader);
            var interest = new Interest(reader, wish.types(), wish.wantsEcho() ? null : connection.id());
            boolean stateful = wish.wantsSnapshot() && !granting.granted().isEmpty();
            granting.granted().forEach(topic -> interest.add(topic, stateful ? Long.MAX_VALUE : 0));
            if (wish.wantsImplicit()) {
                implicitTopics(reader).forEach(topic -> interest.add(topic, 0));
            }
            var cursor = new Cursor(Hub.this, tail, connection, outlet, interest, wish, position);
            cursor.answer(FrameKind.READY, cursor.ready(granting.refused(), List.of(), null));
            if (tooOld) {
                meters.resynced();
                cursor.answer(FrameKind.RESYNC, Frames.resync(tail.oldest(), position));
            }
            if (stateful) {
                cursor.feed(granting.granted());
            }
            cursor.start();
            return cursor;
        }
    }

    public Mono<Prepared> prepare(StreamConnection connection, StreamWish wish) {
        if (connection.streams() >= settings.streamsPerConnection()) {
            return Mono.error(this::streamLimit);
        }
        if (!open) {
            return Mono.error(() -> refused(shuttingDown()));
        }
        return identities.renew(connection.principal()).flatMap(reader -> prepare(connection, reader, wish));
    }

    private Mono<Prepared> prepare(StreamConnection connection, Principal reader, StreamWish wish) {
        List<String> names = wish.topics() == null ? List.of() : wish.topics();
        if (names.size() > settings.topics()) {
            return Mono.error(() -> new Problem.Invalid("topic-limit", topicLimit(), List.of()));
        }
        return Mono.zip(tails.of(reader.tenant()), grant(reader, names), positionOf(reader, wish.after()))
                .map(all -> prepared(all.getT1(), connection, wish, all.getT2(), all.getT3()));
    }

    private String topicLimit() {
        return "a stream holds at most " + settings.topics() + " topics";
    }

    private Problem streamLimit() {
        return refused(new Problem.TooMany(
                "stream-limit",
                "a connection carries at most " + settings.streamsPerConnection() + " streams",
                Duration.ofSeconds(1)));
    }

    private static Problem shuttingDown() {
        return new Problem.Unavailable("shutting-down", "this node stops", Duration.ofSeconds(1));
    }

    private Prepared prepared(
            Tail tail, StreamConnection connection, StreamWish wish, Cursor.Granting granting, long after) {
        boolean tooOld = after >= 0 && after < tail.oldest() - 1;
        long position = after < 0 || tooOld ? tail.head() : after;
        return new Prepared(tail, connection, wish, granting, position, tooOld);
    }

    private static final long NOW = -1;

    /** The asked position, checked against the head; {@link #NOW} when none was asked. */
    private Mono<Long> positionOf(Principal reader, @Nullable Long after) {
        if (after == null) {
            return Mono.just(NOW);
        }
        return tails.of(reader.tenant())
                .flatMap(tail -> after <= tail.head() ? Mono.just(after) : checkedAhead(reader.tenant(), after));
    }

    /** Another node may have committed what this one has not seen yet. */
    private Mono<Long> checkedAhead(TenantId tenant, long after) {
        return source.head(tenant).handle((head, sink) -> {
            if (after <= head.position()) {
                sink.next(after);
            } else {
                sink.error(new Problem.Invalid(
                        "position-ahead",
                        "the log ends at " + head.position(),
                        List.of(new io.sluice.shared.FieldError(
                                "after",
                                "position-ahead",
                                "a position of at most " + head.position() + " is expected"))));
            }
        });
    }

    List<Topic> implicitTopics(Principal reader) {
        List<Topic> topics = new ArrayList<>();
        topics.add(Topic.TENANT);
        topics.add(Topic.user(reader.account().toString()));
        for (Role role : reader.roles()) {
            topics.add(Topic.role(role.word()));
        }
        return topics;
    }

    /** Unknown kinds and subjects that do not exist are refused like forbidden ones. */
    private Mono<Cursor.Granting> grant(Principal reader, List<String> names) {
        Set<Topic> allowed = new HashSet<>();
        List<Frames.Refusal> refused = new ArrayList<>();
        for (String name : new HashSet<>(names)) {
            Topic topic = Topic.parse(name).orElse(null);
            if (topic != null && TopicPolicy.mayRead(reader, topic)) {
                allowed.add(topic);
            } else {
                refused.add(new Frames.Refusal(name, "forbidden"));
            }
        }
        return existing(reader, allowed).map(existing -> granting(allowed, existing, refused));
    }

    private static Cursor.Granting granting(Set<Topic> allowed, Set<Topic> existing, List<Frames.Refusal> refused) {
        allowed.stream()
                .filter(topic -> !existing.contains(topic))
                .forEach(topic -> refused.add(new Frames.Refusal(topic.toString(), "forbidden")));
        return new Cursor.Granting(List.copyOf(existing), refused);
    }

    private Mono<Set<Topic>> existing(Principal reader, Set<Topic> topics) {
        boolean needsLook = topics.stream().anyMatch(Hub::namesSubject);
        return needsLook
                ? subjects.existing(
                        reader.tenant(),
                        topics,
                        locationsOf(reader),
                        reader.may(Permission.JOBS_READ) ? null : reader.account())
                : Mono.just(topics);
    }

    private static boolean namesSubject(Topic topic) {
        return switch (topic.kind()) {
            case TENANT, SYSTEM, STOCK, USER, ROLE -> false;
            case LOCATION, PART, CATEGORY, ALERT, JOB -> !topic.isWildcard();
        };
    }

    private static @Nullable Set<UUID> locationsOf(Principal reader) {
        Scope<UUID> scope = reader.locationsFor(Permission.STOCK_READ);
        return scope instanceof Scope.Only<UUID>(var ids) ? ids : null;
    }

    Flux<Snapshots.Part> snapshotOf(TenantId tenant, List<Topic> topics, Principal reader) {
        return snapshots.of(tenant, topics, locationsOf(reader));
    }

    /**
     * A message on a running stream; what cannot be read is answered, too, and leaves the stream open.
     *
     * @param limit says why the message is refused, or empty; not asked for a ping
     */
    public Mono<Void> say(
            Cursor cursor, StreamConnection connection, byte[] message, Supplier<Optional<Problem>> limit) {
        @Nullable String[] ref = new @Nullable String[1];
        return Mono.fromCallable(() -> Binder.parse(message))
                .doOnNext(object -> ref[0] = refOf(object))
                .map(object -> Binder.bind(object, LiveMessage.class))
                .doOnError(_ -> limit.get())
                .flatMap(said -> said.isPing() ? ping(cursor, said) : admitted(cursor, connection, said, limit))
                .onErrorResume(Problem.class, problem -> Mono.fromRunnable(() -> complain(cursor, problem, ref[0])));
    }

    /** The {@code ref} of a message that may be wrong otherwise. */
    private static @Nullable String refOf(JsonNode object) {
        JsonNode ref = object.get("ref");
        return ref != null && ref.isString() && ref.stringValue().length() <= LONGEST_REF ? ref.stringValue() : null;
    }

    private static final int LONGEST_REF = 64;

    private static void complain(Cursor cursor, Problem problem, @Nullable String ref) {
        cursor.change(
                new Cursor.Granting(List.of(), List.of()),
                List.of(),
                List.of(Frames.Complaint.of(problem)),
                false,
                ref);
    }

    private static Mono<Void> ping(Cursor cursor, LiveMessage said) {
        return Mono.fromRunnable(() -> cursor.pong(said.ping(), said.ref()));
    }

    private Mono<Void> admitted(
            Cursor cursor, StreamConnection connection, LiveMessage said, Supplier<Optional<Problem>> limit) {
        Problem refusal = limit.get().orElse(null);
        return refusal == null ? say(cursor, connection, said) : Mono.error(refusal);
    }

    /** A token first, then topics with its rights, then the ping that came along. */
    private Mono<Void> say(Cursor cursor, StreamConnection connection, LiveMessage said) {
        Mono<Void> renewed = said.renew() == null
                ? Mono.empty()
                : renew(connection, said.renew(), said.changesTopics() ? null : cursor, said.ref());
        Mono<Void> changed =
                said.renew() == null || said.changesTopics() ? change(cursor, connection, said) : Mono.empty();
        return renewed.then(changed).then(said.ping() == null ? Mono.empty() : ping(cursor, said));
    }

    private Mono<Void> change(Cursor cursor, StreamConnection connection, LiveMessage said) {
        List<String> add = said.add() == null ? List.of() : said.add();
        List<String> drop = said.drop() == null ? List.of() : said.drop();
        return Mono.defer(() -> grant(connection.principal(), add))
                .doOnNext(granting -> cursor.change(
                        granting, dropped(drop), unknown(drop), Boolean.TRUE.equals(said.snapshot()), said.ref()))
                .then();
    }

    private static List<Topic> dropped(List<String> names) {
        return names.stream().flatMap(name -> Topic.parse(name).stream()).toList();
    }

    private static List<Frames.Complaint> unknown(List<String> names) {
        return names.stream()
                .filter(name -> Topic.parse(name).isEmpty())
                .map(name -> new Frames.Complaint("unknown-topic", "there is no such topic"))
                .toList();
    }

    /** A newer token of the same user prolongs the connection. */
    public Mono<Void> renew(StreamConnection connection, String token) {
        return renew(connection, token, null, null);
    }

    private Mono<Void> renew(StreamConnection connection, String token, @Nullable Cursor asked, @Nullable String ref) {
        return identities.require(token).flatMap(renewed -> {
            if (!renewed.account().equals(connection.principal().account())) {
                return Mono.error(new Problem.Forbidden("forbidden", "the token is another user's"));
            }
            connection.continueAs(renewed, asked, ref);
            return Mono.empty();
        });
    }

    @Override
    public void passed(TenantId tenant, List<Recorded> events) {
        for (Recorded event : events) {
            if (ACCESS_EVENTS.contains(event.type())) {
                recheck(tenant);
                return;
            }
        }
    }

    @Override
    public void lost(TenantId tenant) {
        recheck(tenant);
    }

    /** Rights have changed somewhere in the tenant: every open connection goes on with what it has now, or ends. */
    private void recheck(TenantId tenant) {
        for (StreamConnection connection : connections) {
            if (connection.principal().tenant().equals(tenant)) {
                rechecks.add(connection);
            }
        }
    }

    private final Set<StreamConnection> rechecks = ConcurrentHashMap.newKeySet();
    private reactor.core.@Nullable Disposable running;

    /** Looks ten times a second whether connections wait to be looked at again. */
    Flux<Void> run() {
        return Flux.interval(Duration.ofMillis(100))
                .onBackpressureDrop()
                .concatMap(_ -> Flux.fromIterable(Set.copyOf(rechecks)).flatMap(this::renewed, 8), 1);
    }

    private Mono<Void> renewed(StreamConnection connection) {
        rechecks.remove(connection);
        Principal before = connection.principal();
        return identities
                .renew(before)
                .doOnNext(now -> {
                    if (!now.grants().equals(before.grants())) {
                        connection.continueAs(now);
                    }
                })
                .onErrorResume(
                        Problem.Unauthenticated.class, _ -> Mono.fromRunnable(() -> connection.bye("revoked", 0)))
                .onErrorResume(_ -> Mono.fromRunnable(() -> rechecks.add(connection)))
                .then();
    }

    @Override
    public void start() {
        open = true;
        running = run().subscribe();
    }

    /** Says bye to every stream, with its position, and waits a moment for the frames to leave. */
    @Override
    public void stop(Runnable stopped) {
        open = false;
        if (running != null) {
            running.dispose();
            running = null;
        }
        connections.forEach(connection -> connection.bye("shutdown", 500));
        Mono.delay(connections.isEmpty() ? Duration.ZERO : NOTICE).subscribe(_ -> closeAll(stopped));
    }

    /** Clients that did not leave by themselves would keep the server from stopping. */
    private void closeAll(Runnable stopped) {
        try {
            connections.forEach(StreamConnection::close);
        } finally {
            stopped.run();
        }
    }

    @Override
    public void stop() {
        open = false;
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
