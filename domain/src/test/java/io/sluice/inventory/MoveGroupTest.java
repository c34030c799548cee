package io.sluice.inventory;

import static io.sluice.inventory.Shelving.BOLTS_IN_BERLIN;
import static io.sluice.inventory.Shelving.applied;
import static io.sluice.inventory.Shelving.issue;
import static io.sluice.inventory.Shelving.keyed;
import static io.sluice.inventory.Shelving.move;
import static io.sluice.inventory.Shelving.receipt;
import static io.sluice.inventory.Shelving.refusalOf;
import static io.sluice.inventory.Shelving.reversing;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.inventory.MoveGroup.Decided;
import io.sluice.log.Caller;
import io.sluice.log.OnceKey;
import io.sluice.log.StoredAnswer;
import io.sluice.shared.Ids;
import io.sluice.shared.Quantity;
import io.sluice.shared.TenantId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MoveGroupTest {

    private static final Caller SOMEBODY = Caller.system(new TenantId(Ids.next()), "test");

    @Test
    void decidesEachCommandOnWhatTheOnesBeforeHaveLeft() {
        Shelf shelf = Shelving.holding(2).shelf();

        List<Decided> decided = MoveGroup.decide(
                List.of(command(issue(1)), command(issue(2)), command(issue(1)), command(issue(1))), shelf);

        applied(outcome(decided, 0));
        assertThat(refusalOf(outcome(decided, 1))).isEqualTo("insufficient-stock");
        applied(outcome(decided, 2));
        assertThat(refusalOf(outcome(decided, 3))).isEqualTo("insufficient-stock");
        assertThat(shelf.row(BOLTS_IN_BERLIN).quantity()).isEqualTo(Quantity.ZERO);
    }

    @Test
    void appliesTheGoodLinesOfABatch() {
        Shelf shelf = Shelving.holding(5).shelf();

        Decided decided = single(batch(false, receipt(1), issue(99), issue(6)), shelf);

        assertThat(decided.outcomes()).hasSize(3);
        assertThat(refusalOf(decided.outcomes().get(1))).isEqualTo("insufficient-stock");
        assertThat(shelf.row(BOLTS_IN_BERLIN).quantity()).isEqualTo(Quantity.ZERO);
    }

    @Test
    void putsEverythingBackWhenALineOfAnAtomicBatchIsRefused() {
        Shelf shelf =
                Shelving.holding(5).partThresholds(Shelving.thresholds(3, 1)).shelf();
        OnceKey key = key("line", "1");

        Decided decided = single(batch(true, keyed(issue(5), key), receipt(1), issue(99)), shelf);

        assertThat(decided.outcomes().stream().map(Shelving::refusalOf))
                .containsExactly("not-applied", "not-applied", "insufficient-stock");
        assertThat(shelf.row(BOLTS_IN_BERLIN).quantity()).isEqualTo(Quantity.of(5));
        assertThat(shelf.changedRows()).isEmpty();
        assertThat(shelf.openedAlerts()).isEmpty();
        assertThat(shelf.answerOf(key)).isNull();
    }

    @Test
    void leavesTheNeighboursOfARefusedAtomicBatchAsTheyAre() {
        Shelf shelf = Shelving.holding(5).shelf();

        List<Decided> decided = MoveGroup.decide(
                List.of(command(issue(1)), batch(true, issue(1), issue(99)), command(issue(4))), shelf);

        applied(outcome(decided, 0));
        applied(outcome(decided, 2));
        assertThat(shelf.row(BOLTS_IN_BERLIN).quantity()).isEqualTo(Quantity.ZERO);
    }

    @Test
    void rowsThatOnlyARefusedAtomicBatchTouchedAreNotNew() {
        Shelf shelf = Shelving.empty().shelf();

        single(batch(true, receipt(1), issue(99)), shelf);

        assertThat(shelf.newRows()).isEmpty();
    }

    @Test
    void appliesTwinsOnce() {
        Shelf shelf = Shelving.holding(5).shelf();
        OnceKey key = key("POST", "k");

        List<Decided> decided = MoveGroup.decide(List.of(command(key, issue(1)), command(key, issue(1))), shelf);

        applied(outcome(decided, 0));
        assertThat(decided.get(1).twin()).isZero();
        assertThat(decided.get(1).outcomes()).isEmpty();
        assertThat(shelf.row(BOLTS_IN_BERLIN).quantity()).isEqualTo(Quantity.of(4));
    }

    @Test
    void refusesATwinWithAnotherBody() {
        Shelf shelf = Shelving.holding(5).shelf();

        List<Decided> decided = MoveGroup.decide(
                List.of(command(key("POST", "k", "one"), issue(1)), command(key("POST", "k", "two"), issue(2))), shelf);

        assertThat(decided.get(1).failure()).extracting("code").isEqualTo("idempotency-mismatch");
        assertThat(shelf.row(BOLTS_IN_BERLIN).quantity()).isEqualTo(Quantity.of(4));
    }

    @Test
    void answersAUsedKeyWithItsFirstAnswer() {
        OnceKey key = key("POST", "k");
        Shelf shelf =
                Shelving.holding(5).used(key.name(), key.digest(), "first").shelf();

        Decided decided = single(command(key, issue(1)), shelf);

        assertThat(decided.replayed()).extracting(StoredAnswer::body).isEqualTo("first");
        assertThat(shelf.changedRows()).isEmpty();
    }

    @Test
    void refusesAUsedKeyWithAnotherBodyAndSoItsTwins() {
        OnceKey used = key("POST", "k", "one");
        Shelf shelf =
                Shelving.holding(5).used(used.name(), used.digest(), "first").shelf();
        OnceKey other = key("POST", "k", "two");

        List<Decided> decided = MoveGroup.decide(
                List.of(command(other, issue(1)), command(other, issue(1)), command(used, issue(1))), shelf);

        assertThat(decided.get(0).failure()).extracting("code").isEqualTo("idempotency-mismatch");
        assertThat(decided.get(1).failure()).extracting("code").isEqualTo("idempotency-mismatch");
        assertThat(decided.get(2).replayed()).extracting(StoredAnswer::body).isEqualTo("first");
    }

    @Test
    void appliesALineKeyOnceAcrossTheCommandsOfAGroup() {
        Shelf shelf = Shelving.holding(5).shelf();
        OnceKey key = key("line", "1");

        List<Decided> decided = MoveGroup.decide(
                List.of(command(keyed(issue(1), key)), batch(false, keyed(issue(1), key), issue(1))), shelf);

        var first = applied(outcome(decided, 0)).movement();
        var duplicate = (MoveOutcome.Duplicate) outcome(decided, 1);
        assertThat(duplicate.first().body()).isEqualTo("{\"id\":\"" + first.id() + "\",\"newQuantity\":4}");
        assertThat(shelf.row(BOLTS_IN_BERLIN).quantity()).isEqualTo(Quantity.of(3));
    }

    @Test
    void undoesWithALineItsDuplicatesButNoneOfOthers() {
        Shelf shelf = Shelving.holding(5).shelf();
        OnceKey before = key("line", "0");
        OnceKey key = key("line", "1");

        List<Decided> decided = MoveGroup.decide(
                List.of(
                        command(keyed(issue(1), before)),
                        batch(true, keyed(issue(1), key), keyed(issue(1), key), keyed(issue(1), before), issue(100))),
                shelf);

        List<MoveOutcome> outcomes = decided.getLast().outcomes();
        assertThat(refusalOf(outcomes.get(0))).isEqualTo("not-applied");
        assertThat(refusalOf(outcomes.get(1))).isEqualTo("not-applied");
        assertThat(outcomes.get(2)).isInstanceOf(MoveOutcome.Duplicate.class);
    }

    @Test
    void refusesALineKeyWithAnotherBody() {
        Shelf shelf = Shelving.holding(5).shelf();

        Decided decided = single(
                batch(false, keyed(issue(1), key("line", "1", "one")), keyed(issue(2), key("line", "1", "two"))),
                shelf);

        assertThat(refusalOf(decided.outcomes().get(1))).isEqualTo("idempotency-mismatch");
    }

    @Test
    void keepsALineKeyFreeWhileItsLineIsRefused() {
        Shelf shelf = Shelving.holding(1).shelf();
        OnceKey key = key("line", "1");

        Decided decided = single(batch(false, keyed(issue(2), key), receipt(1), keyed(issue(2), key)), shelf);

        assertThat(refusalOf(decided.outcomes().get(0))).isEqualTo("insufficient-stock");
        applied(decided.outcomes().get(2));
    }

    @Test
    void reversesOnce() {
        Shelf shelf = Shelving.holding(5).shelf();
        OnceKey reversal = new OnceKey("reversal", "m", "reversal", null);

        List<Decided> decided = MoveGroup.decide(
                List.of(command(keyed(reversing(issue(1)), reversal)), command(keyed(reversing(issue(1)), reversal))),
                shelf);

        applied(outcome(decided, 0));
        assertThat(refusalOf(outcome(decided, 1))).isEqualTo("already-reversed");
        assertThat(shelf.row(BOLTS_IN_BERLIN).quantity()).isEqualTo(Quantity.of(6));
    }

    @Test
    void keepsScopesOfKeysApart() {
        Shelf shelf = Shelving.holding(5).shelf();

        List<Decided> decided = MoveGroup.decide(
                List.of(command(key("one", "k"), issue(1)), command(key("two", "k"), issue(1))), shelf);

        applied(outcome(decided, 0));
        applied(outcome(decided, 1));
        assertThat(move(MovementType.ISSUE, "1").key()).isEqualTo(BOLTS_IN_BERLIN);
    }

    private static OnceKey key(String scope, String key) {
        return key(scope, key, "digest");
    }

    private static OnceKey key(String scope, String key, String digest) {
        return new OnceKey(scope, key, digest, null);
    }

    private static MoveOutcome outcome(List<Decided> decided, int command) {
        return decided.get(command).outcomes().getFirst();
    }

    private static Decided single(MoveCommand command, Shelf shelf) {
        return MoveGroup.decide(List.of(command), shelf).getFirst();
    }

    private static MoveCommand command(Move move) {
        return command(null, move);
    }

    private static MoveCommand command(@Nullable OnceKey key, Move move) {
        return new MoveCommand(SOMEBODY, List.of(move), false, key, (_, _, _) -> StoredAnswer.of(200, ""));
    }

    private static MoveCommand batch(boolean atomic, Move... moves) {
        return new MoveCommand(SOMEBODY, List.of(moves), atomic, null, (_, _, _) -> StoredAnswer.of(200, ""));
    }
}
