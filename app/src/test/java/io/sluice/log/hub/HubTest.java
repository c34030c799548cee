package io.sluice.log.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.sluice.access.Grant;
import io.sluice.access.Principal;
import io.sluice.access.Role;
import io.sluice.access.Tokens;
import io.sluice.log.Recorded;
import io.sluice.log.Snapshots;
import io.sluice.log.Subjects;
import io.sluice.log.Topic;
import io.sluice.log.WakeUp;
import io.sluice.log.WakeUps;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import io.sluice.web.Identities;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Streams by themselves: a scripted log, scripted readers, every turn of the event loop in the test's hands. */
class HubTest {

    static StreamSettings settings() {
        return new StreamSettings(
                10,
                5,
                3,
                5,
                100,
                Duration.ofSeconds(300),
                100,
                1024,
                DataSize.ofMegabytes(64),
                DataSize.ofKilobytes(256),
                Duration.ofSeconds(25),
                Duration.ofSeconds(30),
                Duration.ofSeconds(300),
                List.of());
    }

    private final ScriptedLog log = new ScriptedLog();
    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final List<Snapshots.Part> state = new ArrayList<>();
    private volatile Mono<Void> stateGate = Mono.empty();
    private volatile Mono<Void> lookGate = Mono.empty();
    private volatile Principal present = ScriptedLog.manager();
    private @Nullable Problem refusal;
    private final Tails tails =
            new Tails(log, ScriptedLog.TYPES, new NoWakeUps(), settings(), List.of(), new SimpleMeterRegistry());
    private final Hub hub = new Hub(
            tails,
            log,
            ScriptedLog.TYPES,
            new AllSubjects(),
            new State(),
            new Rights(),
            settings(),
            new SimpleMeterRegistry());

    private static final class NoWakeUps implements WakeUps {
        @Override
        public void announce(TenantId tenant, long head) {}

        @Override
        public Flux<WakeUp> heard() {
            return Flux.never();
        }
    }

    private final class AllSubjects implements Subjects {
        @Override
        public Mono<Set<Topic>> existing(
                TenantId tenant, Set<Topic> wished, @Nullable Set<UUID> locations, @Nullable UUID account) {
            return Mono.defer(() -> lookGate).thenReturn(wished);
        }
    }

    private final class State implements Snapshots {
        @Override
        public Flux<Part> of(TenantId tenant, List<Topic> topics, @Nullable Set<UUID> locations) {
            return stateGate
                    .thenMany(Flux.defer(() -> Flux.fromIterable(state)))
                    .filter(part -> topics.contains(part.topic()));
        }
    }

    private final class Rights implements Identities {
        @Override
        public Mono<Principal> require(String accessToken) {
            return renew(present);
        }

        @Override
        public Mono<Principal> require(Tokens.Access access) {
            return renew(present);
        }

        @Override
        public Mono<Principal> renew(Principal principal) {
            return refusal == null ? Mono.just(present) : Mono.error(refusal);
        }
    }

    @BeforeEach
    void open() {
        hub.start();
    }

    @AfterEach
    void close() {
        hub.stop(() -> {});
        loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
    }

    private StreamConnection connection() {
        return hub.admit(present, "rsocket", "here");
    }

    private static StreamWish wish(
            @Nullable Long after, boolean snapshot, boolean conflate, int batch, String... topics) {
        return new StreamWish(List.of(topics), after, snapshot, null, conflate, batch, null, false, null, null);
    }

    private ScriptedReader opened(StreamConnection connection, StreamWish wish) {
        return new ScriptedReader(loop)
                .starts(Objects.requireNonNull(hub.prepare(connection, wish).block(Duration.ofSeconds(5))));
    }

    private ScriptedReader opened(StreamWish wish) {
        return opened(connection(), wish);
    }

    private void commit(List<Recorded> events) {
        tails.committed(ScriptedLog.TENANT, events);
    }

    private void commit(int count) {
        commit(log.addMany(count));
    }

    private void say(ScriptedReader reader, StreamConnection connection, String message) {
        hub.say(reader.cursor(), connection, message.getBytes(StandardCharsets.UTF_8), Optional::empty)
                .block(Duration.ofSeconds(5));
        reader.settle();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void sendsAsManyFramesAsWereAskedFor() {
        ScriptedReader reader = opened(wish(null, false, false, 1, "stock"));
        commit(10);

        reader.asks(4);

        assertThat(reader.frames).hasSize(4);
        assertThat(reader.positions()).isEqualTo(range(1, 3));
        reader.asks(100);
        assertThat(reader.positions()).isEqualTo(range(1, 10));
    }

    @Test
    void waitsWhileTheConnectionCannotTakeMore() {
        ScriptedReader reader = opened(wish(null, false, false, 1, "stock")).asks(Long.MAX_VALUE);
        reader.writable = false;
        commit(10);
        reader.settle();
        assertThat(reader.positions()).isEmpty();

        reader.writable = true;
        reader.cursor().drainSoon();
        reader.settle();

        assertThat(reader.positions()).isEqualTo(range(1, 10));
    }

    @Test
    void readsPagesAfterItFellOutOfTheRingAndIsLiveAgain() {
        ScriptedReader reader = opened(wish(null, false, false, 1, "stock")).asks(1);
        commit(3_300);
        reader.settle();

        reader.asks(1_000);
        assertThat(reader.positions()).isEqualTo(range(1, 1_000));
        reader.asks(Long.MAX_VALUE);
        commit(10);
        reader.settle();

        assertThat(reader.positions()).isEqualTo(range(1, 3_310));
        assertThat(log.reads).allMatch(after -> after % Pages.SIZE == 0);
    }

    @Test
    void sharesPagesAmongManyWhoCatchUp() {
        commit(log.addMany(5_000));
        List<ScriptedReader> readers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            readers.add(opened(wish(0L, false, false, 1, "stock")));
        }
        Sinks.Empty<Void> gate = Sinks.empty();
        log.gate = gate.asMono();

        readers.forEach(reader -> reader.asks(Long.MAX_VALUE));
        gate.tryEmitEmpty();
        readers.forEach(ScriptedReader::settle);

        readers.forEach(reader -> reader.ticks(Duration.ZERO));
        assertThat(readers).allSatisfy(reader -> assertThat(reader.positions()).isEqualTo(range(1, 5_000)));
        assertThat(log.reads.size()).isLessThan(25);
    }

    @Test
    void wakesAllWhoWaitForAPageWhenOneWhoWaitedIsGone() {
        var pages = new Pages(log, ScriptedLog.TYPES);
        log.addMany(20_000);
        Sinks.Empty<Void> gate = Sinks.empty();
        log.gate = gate.asMono();
        for (int i = 0; i < 8; i++) {
            Flux.from(Objects.requireNonNull(pages.read(ScriptedLog.TENANT, i * 500L + 1, () -> {})))
                    .subscribe();
        }
        List<Integer> woken = new ArrayList<>();
        for (int i = 8; i < 28; i++) {
            int reader = i;
            assertThat(pages.read(ScriptedLog.TENANT, i * 500L + 1, () -> woken.add(reader)))
                    .isNull();
        }

        gate.tryEmitEmpty();

        assertThat(woken).hasSize(20);
    }

    @Test
    void triesAgainWhenAPageCouldNotBeRead() {
        log.addMany(600);
        log.gate = Mono.error(new IllegalStateException("away"));
        ScriptedReader reader = opened(wish(0L, false, false, 1, "stock")).asks(Long.MAX_VALUE);
        assertThat(reader.positions()).isEmpty();

        log.gate = Mono.empty();
        reader.ticks(Duration.ZERO);

        assertThat(reader.positions()).isEqualTo(range(1, 600));
    }

    @Test
    void skipsOlderStatesOfASubjectForOneThatLags() {
        ScriptedReader reader = opened(wish(null, false, true, 1, "stock")).asks(1);
        commit(List.of(log.add("a"), log.add("a"), log.add("b")));
        commit(List.of(log.add(ScriptedLog.event(4, "stock.alert.opened", "a", "stock"))));
        commit(List.of(log.add(ScriptedLog.event(5, "stock.alert.opened", "a", "stock")), log.add("a")));

        reader.asks(100);

        assertThat(reader.positions()).containsExactly(3L, 4L, 5L, 6L);
        List<ScriptedReader.Frame> events = reader.of(FrameKind.EVENT);
        assertThat(events.getLast().json()).endsWith(",\"skipped\":2}");
        assertThat(events.getFirst().json()).doesNotContain("skipped");
    }

    @Test
    void doesNotSkipAStateInFavourOfOneThatTheReaderDoesNotGet() {
        StreamConnection connection = connection();
        var wish = new StreamWish(List.of("stock"), null, null, null, true, null, null, false, false, null);
        ScriptedReader reader = opened(connection, wish).asks(1);
        Recorded own = new Recorded(
                2,
                UUID.randomUUID(),
                "stock.changed",
                1,
                List.of("stock"),
                "a",
                "{}",
                "{\"connectionId\":\"" + connection.id() + "\"}",
                java.time.Instant.EPOCH,
                "{}");
        commit(List.of(log.add("a"), log.add(own)));

        reader.asks(10);

        assertThat(reader.positions()).containsExactly(1L);
    }

    @Test
    void packsAtMostAsManyAsWished() {
        ScriptedReader reader = opened(wish(null, false, false, 10, "stock")).asks(1);
        commit(25);

        reader.asks(10);

        assertThat(reader.positions()).isEqualTo(range(1, 25));
        assertThat(reader.of(FrameKind.EVENT))
                .extracting(ScriptedReader.Frame::position)
                .containsExactly(10L, 20L, 25L);
    }

    @Test
    void packsNoMoreThanAMebibyteAndResumesFromEachPackWithoutLoss() {
        ScriptedReader reader = opened(wish(null, false, false, 100, "stock")).asks(1);
        List<Recorded> large = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            large.add(ScriptedLog.sized(i, "stock.changed", "s", 200_000, "stock"));
        }
        log.events.addAll(large);
        commit(large);

        reader.asks(2);
        assertThat(reader.of(FrameKind.EVENT)).hasSize(2);
        reader.asks(100);

        assertThat(reader.positions()).isEqualTo(range(1, 20));
        assertThat(reader.of(FrameKind.EVENT)).allMatch(frame -> frame.json().length() <= 1 << 20);
        assertThat(reader.of(FrameKind.EVENT))
                .extracting(ScriptedReader.Frame::position)
                .containsExactly(5L, 10L, 15L, 20L);
    }

    private static Snapshots.Part part(String topic, long position, boolean last) {
        return new Snapshots.Part(
                Topic.parse(topic).orElseThrow(), position, last ? List.of() : List.of("{\"n\":1}"), last);
    }

    @Test
    void sendsTheStateAndThenTheEventsAfterItWithoutAHole() {
        commit(5);
        state.addAll(List.of(part("stock", 8, false), part("stock", 8, true)));
        Sinks.Empty<Void> gate = Sinks.empty();
        stateGate = gate.asMono();

        ScriptedReader reader = opened(wish(null, true, false, 1, "stock")).asks(Long.MAX_VALUE);
        commit(5);
        reader.settle();
        assertThat(reader.frames).hasSize(1);
        gate.tryEmitEmpty();
        reader.settle();

        assertThat(reader.of(FrameKind.SNAPSHOT)).hasSize(2);
        assertThat(reader.positions()).containsExactly(9L, 10L);
    }

    @Test
    void addsTopicsWithTheirStateOneMessageAfterTheOther() {
        StreamConnection connection = connection();
        ScriptedReader reader =
                opened(connection, wish(null, false, false, 1, "tenant")).asks(Long.MAX_VALUE);
        String part = "part:01a1fc05-2cc0-7000-97da-000000000003";
        state.addAll(
                List.of(part("stock", 0, false), part("stock", 0, true), part(part, 0, false), part(part, 0, true)));
        Sinks.Empty<Void> gate = Sinks.empty();
        stateGate = gate.asMono();

        say(reader, connection, "{\"ref\":\"1\",\"add\":[\"stock\"],\"snapshot\":true}");
        say(reader, connection, "{\"ref\":\"2\",\"add\":[\"" + part + "\"],\"snapshot\":true}");
        gate.tryEmitEmpty();
        commit(List.of(
                log.add(ScriptedLog.event(1, "stock.changed", "s", "stock")),
                log.add(ScriptedLog.event(2, "stock.changed", "s", part))));
        reader.settle();

        assertThat(reader.of(FrameKind.SNAPSHOT)).hasSize(4);
        assertThat(reader.positions()).containsExactly(1L, 2L);
        assertThat(reader.of(FrameKind.READY))
                .extracting(it -> ScriptedLog.textOf(it.json(), "ref"))
                .contains("1", "2");
    }

    @Test
    void losesNothingWhenATopicIsAddedThatIsHeldAlready() {
        StreamConnection connection = connection();
        ScriptedReader reader =
                opened(connection, wish(null, false, false, 1, "stock")).asks(2);
        commit(10);
        reader.settle();

        say(reader, connection, "{\"add\":[\"stock\"]}");
        reader.asks(100);

        assertThat(reader.positions()).isEqualTo(range(1, 10));
    }

    @Test
    void namesATopicThatWasDroppedWithoutBeingHeld() {
        StreamConnection connection = connection();
        ScriptedReader reader =
                opened(connection, wish(null, false, false, 1, "stock")).asks(Long.MAX_VALUE);

        say(reader, connection, "{\"ref\":\"x\",\"drop\":[\"tenant\",\"nonsense\",\"stock\"]}");
        commit(3);
        reader.settle();

        String answer = reader.of(FrameKind.READY).getLast().json();
        assertThat(answer).contains("not-held", "unknown-topic", "\"granted\":[]", "\"ref\":\"x\"");
        assertThat(reader.positions()).isEmpty();
    }

    @Test
    void refusesTheTopicOverTheLimitAndKeepsThoseHeld() {
        StreamConnection connection = connection();
        ScriptedReader reader =
                opened(connection, wish(null, false, false, 1, "stock")).asks(Long.MAX_VALUE);

        say(reader, connection, "{\"ref\":\"x\",\"add\":[\"tenant\",\"part:*\",\"location:*\",\"alert:*\",\"job:*\"]}");
        say(reader, connection, "{\"ref\":\"y\",\"add\":[\"tenant\",\"part:*\",\"location:*\",\"alert:*\"]}");

        List<ScriptedReader.Frame> ready = reader.of(FrameKind.READY);
        assertThat(ready.get(1).json()).contains("topic-limit", "\"granted\":[\"stock\"]");
        assertThat(ready.get(2).json()).doesNotContain("topic-limit").contains("part:*");
    }

    @Test
    void endsAReaderThatAsksAndNeverTakesTheAnswers() {
        StreamConnection connection = connection();
        ScriptedReader reader = opened(connection, wish(null, false, false, 1, "stock"));

        for (int i = 0; i < 300; i++) {
            say(reader, connection, "{\"ping\":\"p\"}");
        }

        assertThat(reader.completed).isTrue();
        assertThat(reader.of(FrameKind.BYE)).singleElement().satisfies(it -> assertThat(it.json())
                .contains("limit"));
    }

    @Test
    void answersEveryMessageWithItsRefAndStaysOpen() {
        StreamConnection connection = connection();
        ScriptedReader reader =
                opened(connection, wish(null, false, false, 1, "stock")).asks(Long.MAX_VALUE);

        say(reader, connection, "{");
        say(reader, connection, "{\"ref\":\"a\",\"sing\":true}");
        say(reader, connection, "{\"ref\":\"b\",\"ping\":\"12:00\"}");
        say(reader, connection, "{\"ref\":\"c\",\"renew\":\"token\"}");
        say(reader, connection, "{\"ref\":\"d\"}");

        List<String> answers =
                reader.frames.stream().skip(1).map(ScriptedReader.Frame::json).toList();
        assertThat(answers.get(0)).contains("malformed-json");
        assertThat(answers.get(1)).contains("invalid-request", "\"ref\":\"a\"");
        assertThat(answers.get(2)).contains("\"echo\":\"12:00\"", "\"ref\":\"b\"", "\"frame\":\"beat\"");
        assertThat(answers.get(3)).contains("\"ref\":\"c\"");
        assertThat(answers.get(4)).contains("\"ref\":\"d\"", "\"granted\":[\"stock\"]");
        assertThat(answers).hasSize(5);
        assertThat(reader.completed).isFalse();
    }

    @Test
    void loseTopicsWithTheRightsToThem() {
        StreamConnection connection = connection();
        ScriptedReader reader = opened(connection, wish(null, false, false, 1, "stock", "tenant"))
                .asks(Long.MAX_VALUE);

        connection.continueAs(ScriptedLog.reader(Grant.of(Role.LEGAL)));
        commit(3);
        reader.settle();

        assertThat(reader.positions()).isEmpty();
        assertThat(reader.of(FrameKind.READY).getLast().json()).contains("revoked", "\"granted\":[\"tenant\"]");
    }

    @Test
    void grantsNothingThatWasLostWhileItLookedWhatExists() {
        StreamConnection connection = connection();
        ScriptedReader reader =
                opened(connection, wish(null, false, false, 1, "tenant")).asks(Long.MAX_VALUE);
        Sinks.Empty<Void> gate = Sinks.empty();
        lookGate = gate.asMono();
        byte[] message =
                "{\"add\":[\"stock\",\"part:01a1fc05-2cc0-7000-97da-000000000003\"]}".getBytes(StandardCharsets.UTF_8);
        hub.say(reader.cursor(), connection, message, Optional::empty).subscribe();

        connection.continueAs(ScriptedLog.reader(Grant.of(Role.VENDOR_CONTACT)));
        gate.tryEmitEmpty();
        reader.settle();

        assertThat(reader.of(FrameKind.READY).getLast().json()).contains("\"granted\":[\"tenant\"]", "forbidden");
    }

    @Test
    void opensNoStreamForOneWhoWasToldToLeave() {
        StreamConnection connection = connection();
        Hub.Prepared prepared = Objects.requireNonNull(
                hub.prepare(connection, wish(null, false, false, 1, "stock")).block());
        connection.bye("revoked", 0);

        ScriptedReader late = new ScriptedReader(loop).starts(prepared);
        refusal = new Problem.Unauthenticated("session-ended", "over");

        assertThat(late.completed).isTrue();
        assertThat(late.of(FrameKind.BYE)).hasSize(1);
        hub.prepare(connection, wish(null, false, false, 1, "stock"))
                .as(reactor.test.StepVerifier::create)
                .verifyError(Problem.Unauthenticated.class);
    }

    @Test
    void beginsWithTheRightsThatChangedOnTheWay() {
        StreamConnection connection = connection();
        Hub.Prepared prepared =
                Objects.requireNonNull(hub.prepare(connection, wish(null, false, false, 1, "stock", "tenant"))
                        .block());
        connection.continueAs(ScriptedLog.reader(Grant.of(Role.LEGAL)));

        ScriptedReader reader = new ScriptedReader(loop).starts(prepared).asks(10);

        assertThat(reader.frames.getFirst().json()).contains("\"granted\":[\"tenant\"]");
    }

    @Test
    void saysByeWhenTheTokenEnds() {
        present = new Principal(
                ScriptedLog.TENANT,
                ScriptedLog.READER,
                UUID.randomUUID(),
                "reader",
                List.of(Grant.of(Role.MANAGER)),
                java.time.Instant.now(),
                java.time.Instant.now().minusSeconds(1));
        ScriptedReader reader = opened(wish(null, false, false, 1, "stock")).asks(10);

        reader.ticks(Duration.ZERO);

        assertThat(reader.of(FrameKind.BYE).getFirst().json()).contains("token-expired");
        assertThat(reader.completed).isTrue();
    }

    @Test
    void beatsWhenNothingElseIsSaid() {
        ScriptedReader reader = opened(wish(null, false, false, 1, "tenant")).asks(10);
        commit(5);
        reader.settle();

        reader.ticks(Duration.ofSeconds(24));
        assertThat(reader.of(FrameKind.BEAT)).isEmpty();
        reader.ticks(Duration.ofSeconds(26));

        assertThat(reader.of(FrameKind.BEAT)).singleElement().satisfies(it -> assertThat(it.position())
                .isEqualTo(5));
    }

    @Test
    void closesAnSseReaderThatTakesNothing() {
        ScriptedReader reader = opened(wish(null, false, false, 1, "stock")).asks(Long.MAX_VALUE);
        reader.sse = true;
        reader.writable = false;
        commit(5);
        reader.ticks(Duration.ofSeconds(290));
        assertThat(reader.aborted).isFalse();

        reader.ticks(Duration.ofSeconds(310));

        assertThat(reader.aborted).isTrue();
        assertThat(reader.cursor().hasEnded()).isTrue();
    }

    @Test
    void carriesNoMoreStreamsThanAllowedHoweverManyAreOpenedAtOnce() {
        StreamConnection connection = connection();
        List<Hub.Prepared> prepared = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            prepared.add(Objects.requireNonNull(hub.prepare(connection, wish(null, false, false, 1, "stock"))
                    .block()));
        }

        prepared.subList(0, 3).forEach(it -> new ScriptedReader(loop).starts(it));

        assertThat(connection.streams()).isEqualTo(3);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> new ScriptedReader(loop).starts(prepared.get(3)))
                .rootCause()
                .isInstanceOf(Problem.TooMany.class);
    }

    @Test
    void admitsNoMoreThanItsOwnAndAUsersShare() {
        for (int i = 0; i < 5; i++) {
            connection();
        }
        org.assertj.core.api.Assertions.assertThatThrownBy(this::connection)
                .isInstanceOfSatisfying(
                        Problem.class, it -> assertThat(it.code()).isEqualTo("user-full"));

        hub.connections().forEach(hub::release);

        assertThat(hub.count()).isZero();
        connection();
    }

    @Test
    void forgetsCursorsThatWereCancelled() {
        StreamConnection connection = connection();
        ScriptedReader reader =
                opened(connection, wish(null, false, false, 1, "stock")).asks(1);

        reader.cursor().cancel();
        commit(5);
        reader.settle();

        assertThat(connection.streams()).isZero();
        assertThat(reader.frames).hasSize(1);
    }

    @Test
    void refusesAPositionBeyondTheHead() {
        commit(log.addMany(5));
        hub.prepare(connection(), wish(6L, false, false, 1, "stock"))
                .as(reactor.test.StepVerifier::create)
                .verifyErrorSatisfies(it -> assertThat(((Problem) it).code()).isEqualTo("position-ahead"));
    }
}
