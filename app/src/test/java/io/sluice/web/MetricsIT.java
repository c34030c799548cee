package io.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Role;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The names under which a node's figures are scraped. */
class MetricsIT {

    /** All that have a source so far, with a label that tells their kinds apart. */
    private static final List<String> NAMES = List.of(
            "sluice_http_seconds_count{method=",
            "sluice_cache_requests_total{level=",
            "sluice_cache_load_seconds_count",
            "sluice_cache_errors_total",
            "sluice_db_query_seconds_count{pool=\"commands\"",
            "sluice_db_slow_total{level=\"debug\"",
            "sluice_db_slow_total{level=\"warn\"",
            "sluice_db_slow_total{level=\"error\"",
            "sluice_db_pool{pool=\"jobs\",state=\"minimum\"} 2.0",
            "sluice_db_pool{pool=\"reads\",state=\"waiting\"",
            "sluice_db_acquire_seconds_count{pool=\"ops\"",
            "sluice_db_leaks_total",
            "sluice_db_events_total{type=\"query\"",
            "sluice_db_events_total{type=\"error\"",
            "sluice_db_events_total{type=\"begin\"",
            "sluice_db_events_total{type=\"commit\"",
            "sluice_db_events_total{type=\"rollback\"",
            "sluice_db_events_total{type=\"release\"",
            "sluice_log_append_seconds_count",
            "sluice_log_batch_size_count",
            "sluice_log_events_total{type=",
            "sluice_log_tail_lag",
            "sluice_stream_connections{transport=\"rsocket\"",
            "sluice_stream_subscriptions{kind=\"conflated\"",
            "sluice_stream_messages_total{direction=",
            "sluice_stream_bytes_total{direction=",
            "sluice_stream_delivery_seconds_count",
            "sluice_stream_lag",
            "sluice_stream_skipped_total",
            "sluice_stream_resync_total",
            "sluice_compression_bytes_total{method=",
            "sluice_compression_seconds_count",
            "sluice_scheduler_queue{name=",
            "sluice_scheduler_rejected_total{name=",
            "sluice_breaker_state{name=\"database-reads\"",
            "sluice_slo_total{good=");

    @Test
    void areThoseThatDashboardsAndAlertsAskFor() {
        TestTenant tenant = Tenants.fresh();
        tenant.admin().get("/api/parts").expectStatus().isOk();

        String scraped = scrape(tenant);

        assertThat(NAMES).allSatisfy(name -> assertThat(scraped).contains("\n" + name));
    }

    private static String scrape(TestTenant tenant) {
        return String.valueOf(tenant.user(Role.ADMIN)
                .get("/metrics")
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());
    }
}
