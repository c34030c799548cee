package io.sluice.log.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.sluice.log.Head;
import io.sluice.log.Recorded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TailTest {

    private final Tail tail =
            new Tail(ScriptedLog.TENANT, new Head(10, "", Instant.EPOCH, 1), ScriptedLog.TYPES, HubTest.settings());

    private static List<Recorded> events(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(at -> ScriptedLog.event(at, "stock.changed", "s", "stock"))
                .toList();
    }

    @Test
    void takesWhatFollowsAndIgnoresRepeats() {
        assertThat(tail.offer(events(11, 12))).isTrue();
        assertThat(tail.offer(events(11, 12))).isFalse();
        assertThat(tail.offer(events(5, 10))).isFalse();
        assertThat(tail.offer(events(12, 14))).isTrue();

        assertThat(tail.head()).isEqualTo(14);
    }

    @Test
    void keepsWhatCameTooEarlyUntilTheGapIsFilled() {
        assertThat(tail.offer(events(13, 14))).isFalse();
        assertThat(tail.offer(events(15, 15))).isFalse();
        assertThat(tail.head()).isEqualTo(10);

        assertThat(tail.offer(events(11, 12))).isTrue();

        assertThat(tail.head()).isEqualTo(15);
    }

    @Test
    void comesToTheSameEndInAnyOrder() {
        List<List<Recorded>> groups = new ArrayList<>();
        LongStream.range(0, 100).forEach(i -> groups.add(events(11 + i * 3, 13 + i * 3)));
        LongStream.range(0, 100).forEach(i -> groups.add(events(12 + i * 3, 15 + i * 3)));
        Collections.shuffle(groups, new Random(7));

        groups.forEach(tail::offer);

        assertThat(tail.head()).isBetween(310L, 312L);
        assertThat(LongStream.rangeClosed(11, 310)).allMatch(at -> tail.ring().get(at) != null);
    }

    @Test
    void isUnusedWhenItsLastReaderHasLeft() {
        tail.laneOf(new DefaultEventLoop());
        tail.join();
        assertThat(tail.isUnusedSince(System.nanoTime() + 1_000_000_000)).isFalse();

        tail.leave();

        assertThat(tail.isUnusedSince(System.nanoTime() + 1_000_000_000)).isTrue();
        assertThat(tail.isUnusedSince(System.nanoTime() - 1_000_000_000)).isFalse();
    }
}
