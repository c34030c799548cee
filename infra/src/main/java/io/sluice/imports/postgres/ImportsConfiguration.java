package io.sluice.imports.postgres;

import io.sluice.access.Tenants;
import io.sluice.imports.Imports;
import io.sluice.inventory.Categories;
import io.sluice.inventory.Locations;
import io.sluice.inventory.Parts;
import io.sluice.inventory.StockControl;
import io.sluice.log.Ledger;
import io.sluice.log.postgres.PostgresLedger;
import io.sluice.postgres.Database;
import io.sluice.shared.Ids;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Exposes the imports' ports and runs them. */
@Configuration(proxyBeanMethods = false)
public class ImportsConfiguration {

    /** Threads for files: unpacking, parsing, deciding large groups. */
    public static final String THREADS = "imports";

    private static final int AT_ONCE = 2;
    private static final int WAITING = 10_000;

    @Bean(name = THREADS, destroyMethod = "dispose")
    Scheduler importThreads() {
        return Schedulers.newBoundedElastic(AT_ONCE, WAITING, THREADS);
    }

    @Bean
    Imports importFiles(Database database, Ledger ledger) {
        return new PostgresImports(database, ledger);
    }

    @Bean
    ImportRunner importRunner(
            Database database,
            PostgresLedger ledger,
            Imports imports,
            Tenants tenants,
            Parts parts,
            Locations locations,
            Categories categories,
            StockControl control,
            @Qualifier(THREADS) Scheduler threads,
            @Value("${sluice.imports.pause:5s}") Duration pause,
            Clock clock) {
        Leases leases = new Leases(database, Ids.next().toString());
        Rounds rounds = new Rounds(
                leases, database, ledger, imports, tenants, parts, locations, categories, control, threads, clock);
        return new ImportRunner(leases, rounds, pause);
    }
}
