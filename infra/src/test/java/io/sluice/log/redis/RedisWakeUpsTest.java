package io.sluice.log.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.WakeUp;
import io.sluice.redis.Redis;
import io.sluice.redis.RedisTest;
import io.sluice.shared.Ids;
import io.sluice.shared.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.redisson.client.codec.StringCodec;
import reactor.core.Disposable;

class RedisWakeUpsTest {

    @RegisterExtension
    static final RedisTest REDIS = new RedisTest();

    private final TenantId acme = new TenantId(Ids.next());
    private final List<WakeUp> heard = new CopyOnWriteArrayList<>();
    private Redis redis;
    private RedisWakeUps here;
    private RedisWakeUps there;
    private Disposable listening;

    @BeforeEach
    void start() {
        redis = REDIS.connect();
        here = new RedisWakeUps(redis);
        there = new RedisWakeUps(REDIS.connect());
        here.start();
        there.start();
        listening = there.heard().subscribe(heard::add);
    }

    @AfterEach
    void stop() {
        listening.dispose();
        here.stop();
        here.close();
        there.stop();
        there.close();
    }

    @Test
    void tellsOtherNodesOfANewHead() {
        Awaitility.await().until(() -> isHeard(7));

        assertThat(heard).contains(new WakeUp(acme, 7));
    }

    @Test
    void sendsTheNewestOfTheHeadsThatWait() {
        Awaitility.await().until(() -> isHeard(1));
        heard.clear();

        for (long head = 2; head <= 20_000; head++) {
            here.announce(acme, head);
        }

        Awaitility.await().until(() -> heard.contains(new WakeUp(acme, 20_000)));
        assertThat(heard).hasSizeLessThan(10_000);
    }

    @Test
    void hearsAgainAfterRedisWasAway() throws Exception {
        Awaitility.await().until(() -> isHeard(1));
        REDIS.stop();
        here.announce(acme, 2);
        REDIS.start();

        Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> isHeard(3));
    }

    @Test
    void leavesOutWhatIsNoHint() {
        Awaitility.await().until(() -> isHeard(1));
        redis.request(it -> it.getTopic("sluice:wake-ups", StringCodec.INSTANCE).publish("nonsense"))
                .block();

        Awaitility.await().until(() -> isHeard(2));
    }

    @Test
    void takesHeadsBeforeAnyoneSendsThem() {
        Awaitility.await().until(() -> isHeard(1));
        var silent = new RedisWakeUps(redis);

        for (long head = 1; head <= 1000; head++) {
            silent.announce(acme, head);
        }
        silent.start();

        Awaitility.await().until(() -> isHeard(silent, 1001));
        silent.stop();
        silent.close();
    }

    /** A hint sent before the other node listens is lost, so it is sent until it is heard. */
    private boolean isHeard(long head) {
        return isHeard(here, head);
    }

    private boolean isHeard(RedisWakeUps from, long head) {
        from.announce(acme, head);
        return heard.contains(new WakeUp(acme, head));
    }
}
