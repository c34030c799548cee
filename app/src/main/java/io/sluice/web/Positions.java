package io.sluice.web;

import io.sluice.log.FollowedTenants;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Holds reads back until this node knows the position that they ask for ({@code Sluice-Min-Position}). */
@Component
final class Positions {

    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofMillis(10);

    private final ObjectProvider<FollowedTenants> logs;

    /** @param logs looked up late: the tails need identities themselves */
    Positions(ObjectProvider<FollowedTenants> logs) {
        this.logs = logs;
    }

    /** Completes at once when the position is known; {@code position-not-reached} after 2 s. */
    Mono<Void> await(TenantId tenant, String text) {
        return Mono.defer(() -> {
            long position = toPosition(text);
            FollowedTenants log = logs.getObject();
            return log.follow(tenant)
                    .then(Mono.defer(
                            () -> log.head(tenant) >= position ? Mono.empty() : passed(log, tenant, position)));
        });
    }

    private static Mono<Void> passed(FollowedTenants log, TenantId tenant, long position) {
        return Flux.interval(LOOK)
                .onBackpressureDrop()
                .filter(_ -> log.head(tenant) >= position)
                .next()
                .timeout(LIMIT, Mono.error(() -> notReached(position)))
                .then();
    }

    private static Problem notReached(long position) {
        return new Problem.Unavailable(
                "position-not-reached", "this node has not seen position " + position + " yet", Duration.ofSeconds(1));
    }

    private static long toPosition(String text) {
        try {
            long position = Long.parseLong(text);
            if (position >= 0) {
                return position;
            }
        } catch (NumberFormatException _) {
            // answered like a negative one
        }
        throw Problem.Invalid.field("Sluice-Min-Position", "wrong-type", "a position such as 42 is expected");
    }
}
