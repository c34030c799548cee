package io.sluice.log.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.log.Anchor;
import io.sluice.log.AnchorSeal;
import io.sluice.log.Caller;
import io.sluice.postgres.Database;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Rows;
import io.sluice.postgres.Session;
import io.sluice.shared.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * What the log needs now and then: partitions for the months to come, keys of commands and sessions tidied away when
 * they have expired, and daily a signed anchor of each tenant's head, which
 * leaves the database. Hourly on every node; two at once do no harm.
 */
public final class LogKeeping implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(LogKeeping.class);
    private static final Duration EVERY = Duration.ofHours(1);
    private static final Duration ANCHOR_AGE = Duration.ofDays(1);
    private static final int PORTION = 10_000;

    private final Database database;
    private final AnchorSeal seal;
    private final AnchorFiles files;
    private final Clock clock;
    private volatile @Nullable Disposable running;

    LogKeeping(Database database, AnchorSeal seal, AnchorFiles files, Clock clock) {
        this.database = database;
        this.seal = seal;
        this.files = files;
        this.clock = clock;
    }

    /** Once over all tenants; what fails for one of them is left to the next hour. */
    public Mono<Void> round() {
        return months().onErrorResume(LogKeeping::logged)
                .then(tenants().concatMap(this::keep).then());
    }

    private Mono<Void> months() {
        return database.untenanted(
                        PoolName.JOBS,
                        Map.of(),
                        session -> session.all(
                                "SELECT ensure_months('event', $1::date), ensure_months('movement', $1::date)",
                                _ -> true,
                                clock.instant().toString()))
                .then();
    }

    private Flux<TenantId> tenants() {
        return database.untenanted(
                PoolName.JOBS,
                Map.of("app.system", "on"),
                session -> session.all(
                        "SELECT tenant_id FROM tenant ORDER BY tenant_id",
                        row -> new TenantId(Rows.uuid(row, "tenant_id"))));
    }

    private Mono<Void> keep(TenantId tenant) {
        return anchor(tenant)
                .onErrorResume(LogKeeping::logged)
                .then(tidy().onErrorResume(LogKeeping::logged))
                .contextWrite(Context.of(Caller.class, Caller.system(tenant, "keeping")));
    }

    private static Mono<Void> logged(Throwable error) {
        LOG.warn("the log's keeping waits an hour: {}", error.toString());
        return Mono.empty();
    }

    /** Portion by portion, so that no transaction is long. */
    private Mono<Void> tidy() {
        return database.write(PoolName.JOBS, this::tidyPortion)
                .repeat()
                .takeUntil(tidied -> tidied < PORTION)
                .then();
    }

    private Mono<Long> tidyPortion(Session session) {
        return session.one(
                """
                WITH old AS (
                    SELECT scope, key FROM command_key
                    WHERE tenant_id = $1 AND expires_at < $2 ORDER BY expires_at LIMIT $3),
                tidied AS (
                    DELETE FROM command_key k USING old
                    WHERE k.tenant_id = $1 AND k.scope = old.scope AND k.key = old.key RETURNING 1),
                ended AS (DELETE FROM session WHERE tenant_id = $1 AND expires_at < $2)
                SELECT count(*) AS tidied FROM tidied
                """,
                row -> Rows.number(row, "tidied"),
                session.caller().tenant().value(),
                clock.instant(),
                PORTION);
    }

    private Mono<Void> anchor(TenantId tenant) {
        return database.write(PoolName.JOBS, session -> session.one(
                                """
                        SELECT head, encode(head_hash, 'hex') AS hash FROM tenant_log l
                        WHERE tenant_id = $1 AND head > 0 AND NOT EXISTS (
                            SELECT FROM anchor a
                            WHERE a.tenant_id = $1 AND (a.at > $2 OR a.position = l.head))
                        """,
                                LogKeeping::toTip,
                                tenant.value(),
                                clock.instant().minus(ANCHOR_AGE))
                        .flatMap(tip -> sign(session, tenant, tip)))
                .flatMap(anchor -> files.keep(tenant, anchor));
    }

    private record Tip(long position, String hash) {}

    private static Tip toTip(Readable row) {
        return new Tip(Rows.number(row, "head"), Rows.text(row, "hash"));
    }

    private Mono<Anchor> sign(Session session, TenantId tenant, Tip tip) {
        Instant at = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var anchor = new Anchor(tip.position(), tip.hash(), at, seal.sign(tenant, tip.position(), tip.hash(), at));
        return insert(session, tenant, anchor).filter(inserted -> inserted == 1).map(_ -> anchor);
    }

    private static Mono<Long> insert(Session session, TenantId tenant, Anchor anchor) {
        HexFormat hex = HexFormat.of();
        return session.update(
                "INSERT INTO anchor (tenant_id, position, hash, at, signature) VALUES ($1, $2, $3, $4, $5)"
                        + " ON CONFLICT DO NOTHING",
                tenant.value(),
                anchor.position(),
                hex.parseHex(anchor.hash()),
                anchor.at(),
                hex.parseHex(anchor.signature()));
    }

    @Override
    public void start() {
        running = Flux.interval(Duration.ZERO, EVERY)
                .onBackpressureDrop()
                .concatMap(_ -> round().onErrorResume(LogKeeping::logged), 1)
                .subscribe();
    }

    @Override
    public void stop() {
        Disposable now = running;
        if (now != null) {
            now.dispose();
        }
        running = null;
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
