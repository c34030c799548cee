package io.sluice.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cache.Invalidation;
import io.sluice.shared.TenantId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TouchesTest {

    private static final TenantId ACME = TenantId.of("01920000-0000-7000-8000-000000000001");
    private static final TenantId OTHER = TenantId.of("01920000-0000-7000-8000-000000000002");

    private final Touches touches = new Touches(3);

    @Test
    void knowsNothingOfATenantThatIsNotFollowed() {
        touches.touched(ACME, 7, List.of("part:a"));

        assertThat(touches.known(ACME)).isEqualTo(Invalidation.UNKNOWN);
        assertThat(touches.mark(ACME)).isNull();
    }

    @Test
    void knowsTheHighestPositionItHasHeardOf() {
        touches.follow(ACME, 5);
        touches.touched(ACME, 7, List.of());
        touches.touched(ACME, 6, List.of());

        assertThat(touches.known(ACME)).isEqualTo(7);
        assertThat(touches.known(OTHER)).isEqualTo(Invalidation.UNKNOWN);
    }

    @Test
    void makesStaleWhatWasLoadedBeforeAnEventOfItsTag() {
        touches.follow(ACME, 5);
        Mark mark = touches.mark(ACME);
        touches.touched(ACME, 6, List.of("part:a"));

        assertThat(touches.isFresh(ACME, mark, Set.of("part:a"))).isFalse();
        assertThat(touches.isFresh(ACME, mark, Set.of("part:b", "part:a"))).isFalse();
        assertThat(touches.isFresh(ACME, mark, Set.of("part:*"))).isFalse();
        assertThat(touches.isFresh(ACME, mark, Set.of("part:b", "location:*"))).isTrue();
        assertThat(touches.isFresh(ACME, touches.mark(ACME), Set.of("part:a"))).isTrue();
    }

    @Test
    void countsEverythingAsStaleUntilItKnowsWhatAnotherNodeHasCommitted() {
        touches.follow(ACME, 5);
        Mark mark = touches.mark(ACME);

        touches.suspect(ACME, 7);
        touches.touched(ACME, 8, List.of("part:b")); // this node's own, behind what is not known yet
        touches.settled(ACME, 6);
        assertThat(touches.isFresh(ACME, mark, Set.of("part:a"))).isFalse();

        touches.touched(ACME, 7, List.of("part:c"));
        touches.settled(ACME, 8);
        assertThat(touches.isFresh(ACME, mark, Set.of("part:a"))).isTrue();
        assertThat(touches.isFresh(ACME, mark, Set.of("part:c"))).isFalse();
    }

    @Test
    void takesAnOldEventToldAgainForNothing() {
        touches.follow(ACME, 5);
        touches.touched(ACME, 7, List.of("part:a"));
        Mark mark = touches.mark(ACME);
        touches.touched(ACME, 6, List.of("part:a"));

        assertThat(touches.isFresh(ACME, mark, Set.of("part:a"))).isTrue();
    }

    @Test
    void makesOlderEntriesStaleWhenItForgetsATagNeverTheReverse() {
        touches.follow(ACME, 0);
        Mark beforeA = touches.mark(ACME);
        touches.touched(ACME, 1, List.of("a"));
        Mark afterA = touches.mark(ACME);
        touches.touched(ACME, 2, List.of("b"));
        touches.touched(ACME, 3, List.of("c"));
        touches.touched(ACME, 4, List.of("d"));

        assertThat(touches.isFresh(ACME, beforeA, Set.of("a"))).isFalse();
        assertThat(touches.isFresh(ACME, beforeA, Set.of("never"))).isFalse();
        assertThat(touches.isFresh(ACME, afterA, Set.of("a"))).isTrue();
        assertThat(touches.isFresh(ACME, afterA, Set.of("b"))).isFalse();
    }

    @Test
    void countsWhatWasLoadedBeforeItFollowedAsStale() {
        touches.follow(ACME, 5);
        Mark here = touches.mark(ACME);

        assertThat(touches.isFresh(ACME, new Mark(here.era(), 4), Set.of())).isFalse();
        assertThat(touches.isFresh(ACME, new Mark(here.era(), 5), Set.of())).isTrue();
    }

    @Test
    void countsEverythingAsStaleOnceItLostTrack() {
        touches.follow(ACME, 5);
        Mark mark = touches.mark(ACME);
        touches.forget(ACME);
        assertThat(touches.isFresh(ACME, mark, Set.of())).isFalse();

        touches.follow(ACME, 5);
        assertThat(touches.isFresh(ACME, mark, Set.of())).isFalse();
    }

    @Test
    void countsEarlierEntriesAsStaleWhenItSkipsAhead() {
        touches.follow(ACME, 5);
        Mark mark = touches.mark(ACME);
        touches.follow(ACME, 5);
        assertThat(touches.isFresh(ACME, mark, Set.of())).isTrue();

        touches.follow(ACME, 9);
        assertThat(touches.isFresh(ACME, mark, Set.of())).isFalse();
    }
}
