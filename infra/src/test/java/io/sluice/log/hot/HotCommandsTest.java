package io.sluice.log.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class HotCommandsTest {

    private static final TenantId TENANT = new TenantId(Ids.next());

    /** Transactions that end when the test says so. */
    private static final class Desk {

        private final List<List<String>> groups = new ArrayList<>();
        private final List<Sinks.One<List<String>>> open = new ArrayList<>();

        Mono<List<String>> transaction(TenantId tenant, List<String> commands) {
            return Mono.defer(() -> {
                groups.add(commands);
                Sinks.One<List<String>> end = Sinks.one();
                open.add(end);
                return end.asMono();
            });
        }

        void commit() {
            List<String> group = groups.get(open.size() - 1);
            end().tryEmitValue(group.stream().map(it -> it + " done").toList());
        }

        void fail(Throwable error) {
            end().tryEmitError(error);
        }

        private Sinks.One<List<String>> end() {
            return open.getLast();
        }
    }

    /** What somebody who sent a command has heard. */
    private static final class Asker extends BaseSubscriber<String> {

        private String heard = "nothing";

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            requestUnbounded();
        }

        @Override
        protected void hookOnNext(String answer) {
            heard = answer;
        }

        @Override
        protected void hookOnError(Throwable error) {
            heard = error instanceof Problem problem ? problem.code() : String.valueOf(error.getMessage());
        }
    }

    private final Desk desk = new Desk();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final HotCommands<String, String> hot =
            new HotCommands<>("test", desk::transaction, String::length, 10, 5, meters);

    private Asker ask(String command) {
        return ask(TENANT, command);
    }

    private Asker ask(TenantId tenant, String command) {
        Asker asker = new Asker();
        hot.submit(tenant, command).subscribe(asker);
        return asker;
    }

    @Test
    void startsALoneCommandAtOnce() {
        Asker asker = ask("a");

        assertThat(desk.groups).containsExactly(List.of("a"));
        desk.commit();
        assertThat(asker.heard).isEqualTo("a done");
    }

    @Test
    void doesNothingForACommandThatNobodyWaitsFor() {
        hot.submit(TENANT, "a");

        assertThat(desk.groups).isEmpty();
    }

    @Test
    void letsWhatArrivesMeanwhileShareTheNextTransactionInOrder() {
        ask("a");
        Asker b = ask("b");
        Asker c = ask("c");
        assertThat(desk.groups).hasSize(1);

        desk.commit();
        assertThat(desk.groups).containsExactly(List.of("a"), List.of("b", "c"));
        assertThat(b.heard).isEqualTo("nothing");

        desk.commit();
        assertThat(List.of(b.heard, c.heard)).containsExactly("b done", "c done");
    }

    @Test
    void keepsOneTransactionOfATenantInFlightAndTenantsApart() {
        ask("a");
        ask("b");
        ask(new TenantId(Ids.next()), "other");

        assertThat(desk.groups).containsExactly(List.of("a"), List.of("other"));
    }

    @Test
    void limitsAGroupByWeightAndLetsAHeavyOneGoAlone() {
        ask("a");
        List.of("bb", "cc", "dd", "eeeeee").forEach(this::ask);

        assertThat(desk.groups).hasSize(1);
        IntStream.range(0, 4).forEach(_ -> desk.commit());

        assertThat(desk.groups)
                .startsWith(List.of("a"), List.of("bb", "cc"), List.of("dd"))
                .hasSize(3);
    }

    @Test
    void refusesWhatDoesNotFitIntoTheQueueAndOnlyThat() {
        ask("a");
        List<Asker> waiting = List.of(ask("bbbb"), ask("cccc"), ask("dddd"), ask("ee"));

        assertThat(waiting.stream().map(it -> it.heard)).containsExactly("nothing", "nothing", "overloaded", "nothing");
        assertThat(meters.get("sluice_scheduler_rejected_total").counter().count())
                .isEqualTo(1);
        assertThat(meters.get("sluice_scheduler_queue").gauge().value()).isEqualTo(10);
    }

    @Test
    void tellsTheRefusedWhenToComeAgain() {
        ask("a");
        ask("bbbbbbbbbb");

        var refused = Mono.defer(() -> hot.submit(TENANT, "c")).materialize().block();

        assertThat(refused).isNotNull();
        assertThat(refused.getThrowable())
                .isInstanceOfSatisfying(Problem.Unavailable.class, it -> assertThat(it.retryAfter())
                        .isPositive());
    }

    @Test
    void takesACommandThatIsHeavierThanTheWholeQueueWhenNobodyWaits() {
        ask("a");

        assertThat(ask("bbbbbbbbbbbbbbbbbbbb").heard).isEqualTo("nothing");
    }

    @Test
    void skipsACommandThatWasCancelledWhileItWaited() {
        ask("a");
        Disposable gone = hot.submit(TENANT, "b").subscribe();
        ask("c");

        gone.dispose();
        desk.commit();

        assertThat(desk.groups).containsExactly(List.of("a"), List.of("c"));
        assertThat(meters.get("sluice_scheduler_queue").gauge().value()).isZero();
    }

    @Test
    void goesOnWhenEverybodyWhoWaitedIsGone() {
        ask("a");
        hot.submit(TENANT, "b").subscribe().dispose();
        desk.commit();

        Asker late = ask("c");
        desk.commit();

        assertThat(late.heard).isEqualTo("c done");
    }

    @Test
    void runsTheCommandsOfAFailedGroupOneByOneInOrder() {
        ask("a");
        List<Asker> askers = List.of(ask("b"), ask("c"), ask("d"));
        desk.commit();

        desk.fail(new IllegalStateException("the group"));
        desk.commit();
        desk.fail(new IllegalStateException("only c"));
        desk.commit();

        assertThat(desk.groups)
                .containsExactly(List.of("a"), List.of("b", "c", "d"), List.of("b"), List.of("c"), List.of("d"));
        assertThat(askers.stream().map(it -> it.heard)).containsExactly("b done", "only c", "d done");
    }

    @Test
    void skipsThoseOfAFailedGroupWhoGaveUpMeanwhile() {
        ask("a");
        Asker b = ask("b");
        Asker c = ask("c");
        Asker d = ask("d");
        desk.commit();
        desk.fail(new IllegalStateException("together"));

        c.cancel();
        desk.commit();
        desk.commit();

        assertThat(desk.groups).containsExactly(List.of("a"), List.of("b", "c", "d"), List.of("b"), List.of("d"));
        assertThat(List.of(b.heard, c.heard, d.heard)).containsExactly("b done", "nothing", "d done");
    }

    @Test
    void startsTheNextGroupOnlyAfterTheLastOfAFailedOne() {
        ask("a");
        ask("b");
        ask("c");
        desk.commit();
        Asker late = ask("d");

        desk.fail(new IllegalStateException("the group"));
        desk.commit();
        desk.commit();

        assertThat(desk.groups.getLast()).containsExactly("d");
        desk.commit();
        assertThat(late.heard).isEqualTo("d done");
    }

    @Test
    void doesNotRepeatAGroupWhileTheDatabaseIsAway() {
        ask("a");
        List<Asker> askers = List.of(ask("b"), ask("c"));
        desk.commit();

        desk.fail(new Problem.Unavailable("database-unavailable", "away", java.time.Duration.ofSeconds(1)));

        assertThat(desk.groups).hasSize(2);
        assertThat(askers.stream().map(it -> it.heard)).containsOnly("database-unavailable");
    }

    @Test
    void goesOnAfterATransactionThatCouldNotEvenStart() {
        List<String> seen = new ArrayList<>();
        var broken = new HotCommands<String, String>(
                "broken",
                (_, commands) -> {
                    seen.addAll(commands);
                    if (commands.contains("bad")) {
                        throw new IllegalStateException("not even started");
                    }
                    return Mono.just(commands);
                },
                String::length,
                10,
                5,
                meters);
        Asker bad = new Asker();
        Asker good = new Asker();

        broken.submit(TENANT, "bad").subscribe(bad);
        broken.submit(TENANT, "good").subscribe(good);

        assertThat(List.of(bad.heard, good.heard)).containsExactly("not even started", "good");
    }

    @Test
    void goesOnAfterATransactionThatEndedWithoutAnAnswer() {
        var silent = new HotCommands<String, String>(
                "silent",
                (_, commands) -> commands.contains("bad") ? Mono.empty() : Mono.just(commands),
                String::length,
                10,
                5,
                meters);
        Asker bad = new Asker();
        Asker good = new Asker();

        silent.submit(TENANT, "bad").subscribe(bad);
        silent.submit(TENANT, "good").subscribe(good);

        assertThat(bad.heard).isNotEqualTo("nothing");
        assertThat(good.heard).isEqualTo("good");
    }

    /** Transactions of which one may be sent behind another, and that end when the test says so. */
    private static final class PipedDesk implements HotCommands.Transactions<String, String> {

        private final List<List<String>> run = new ArrayList<>();
        private final List<List<String>> behind = new ArrayList<>();
        private final List<Sinks.One<List<String>>> open = new ArrayList<>();
        private boolean mayFollow = true;

        @Override
        public Mono<List<String>> run(TenantId tenant, List<String> commands) {
            run.add(commands);
            return opened();
        }

        @Override
        public @Nullable Mono<List<String>> behind(TenantId tenant, List<String> commands) {
            if (!mayFollow) {
                return null;
            }
            behind.add(commands);
            return opened();
        }

        private Mono<List<String>> opened() {
            Sinks.One<List<String>> end = Sinks.one();
            open.add(end);
            return end.asMono();
        }

        void commit(int index, String... answers) {
            open.get(index).tryEmitValue(List.of(answers));
        }
    }

    private final PipedDesk piped = new PipedDesk();
    private final HotCommands<String, String> pipedHot =
            new HotCommands<>("piped", piped, String::length, 10, 5, new SimpleMeterRegistry());

    private Asker askPiped(String command) {
        Asker asker = new Asker();
        pipedHot.submit(TENANT, command).subscribe(asker);
        return asker;
    }

    @Test
    void sendsAsManyAsAreInFlightBehindThemButNotFewer() {
        askPiped("aa");
        askPiped("b");
        assertThat(piped.behind).isEmpty();

        askPiped("c");

        assertThat(piped.run).containsExactly(List.of("aa"));
        assertThat(piped.behind).containsExactly(List.of("b", "c"));
    }

    @Test
    void sendsNoThirdBehindTheSecond() {
        List.of("a", "b", "c", "d").forEach(this::askPiped);
        assertThat(piped.behind).containsExactly(List.of("b"));

        piped.commit(0, "a done");

        assertThat(piped.run).containsExactly(List.of("a"));
        assertThat(piped.behind).containsExactly(List.of("b"), List.of("c", "d"));
    }

    @Test
    void saysNothingOfTheOneBehindBeforeTheOneInFrontHasEnded() {
        Asker a = askPiped("a");
        Asker b = askPiped("b");

        piped.commit(1, "b done");
        assertThat(b.heard).isEqualTo("nothing");

        piped.commit(0, "a done");
        assertThat(List.of(a.heard, b.heard)).containsExactly("a done", "b done");
    }

    @Test
    void runsWhatCameToNothingBehindOnceTheOneInFrontHasEnded() {
        askPiped("a");
        Asker b = askPiped("b");
        piped.open.get(1).tryEmitEmpty();
        assertThat(piped.run).containsExactly(List.of("a"));

        piped.open.get(0).tryEmitError(new IllegalStateException("a failed"));

        assertThat(piped.run).containsExactly(List.of("a"), List.of("b"));
        piped.commit(2, "b done");
        assertThat(b.heard).isEqualTo("b done");
    }

    @Test
    void startsTheOneBehindOnlyWhenAFailedGroupInFrontHasBeenRunOneByOne() {
        piped.mayFollow = false;
        List.of("x", "a", "a").forEach(this::askPiped);
        piped.mayFollow = true;
        piped.commit(0, "x done");
        List.of("b", "b").forEach(this::askPiped);
        assertThat(piped.behind).containsExactly(List.of("b", "b"));

        piped.open.get(2).tryEmitEmpty();
        piped.open.get(1).tryEmitError(new IllegalStateException("one of them"));
        piped.commit(3, "a done");
        assertThat(piped.run).containsExactly(List.of("x"), List.of("a", "a"), List.of("a"), List.of("a"));

        piped.commit(4, "a done");
        assertThat(piped.run).endsWith(List.of("b", "b"));
    }

    @Test
    void letsThoseWhoCannotFollowWaitTogetherWithTheNext() {
        piped.mayFollow = false;
        List.of("a", "b", "c").forEach(this::askPiped);
        assertThat(piped.run).containsExactly(List.of("a"));

        piped.commit(0, "a done");

        assertThat(piped.run).containsExactly(List.of("a"), List.of("b", "c"));
    }

    @Test
    void runsOneByOneWhatFailedBehind() {
        askPiped("aa");
        List<Asker> askers = List.of(askPiped("b"), askPiped("c"));
        piped.commit(0, "aa done");

        piped.open.get(1).tryEmitError(new IllegalStateException("one of them"));
        piped.commit(2, "b done");
        piped.open.get(3).tryEmitError(new IllegalStateException("it is c"));

        assertThat(askers.stream().map(it -> it.heard)).containsExactly("b done", "it is c");
    }
}
