package io.sluice.postgres;

import org.flywaydb.core.Flyway;

/** Brings the schema up to date, once, however many nodes start: Flyway holds an advisory lock meanwhile. */
final class Migration {

    private Migration() {}

    static void run(String url, DatabaseSettings settings) {
        PostgresUrl address = PostgresUrl.parse(url);
        Flyway.configure()
                .dataSource(address.jdbc(settings), address.user(), address.password())
                .locations("classpath:db/migration")
                .connectRetries(10)
                .connectRetriesInterval(1)
                .load()
                .migrate();
    }
}
