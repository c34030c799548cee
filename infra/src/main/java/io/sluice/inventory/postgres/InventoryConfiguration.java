package io.sluice.inventory.postgres;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.inventory.Categories;
import io.sluice.inventory.Locations;
import io.sluice.inventory.MoveAnswer;
import io.sluice.inventory.MoveCommand;
import io.sluice.inventory.Parts;
import io.sluice.inventory.StockControl;
import io.sluice.inventory.StockReads;
import io.sluice.log.Books;
import io.sluice.log.Ledger;
import io.sluice.log.Snapshots;
import io.sluice.log.Subjects;
import io.sluice.log.hot.HotCommands;
import io.sluice.log.postgres.PostgresLedger;
import io.sluice.postgres.Database;
import io.sluice.postgres.Pipeline;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Exposes inventory's ports. */
@Configuration(proxyBeanMethods = false)
public class InventoryConfiguration {

    private static final int WAITING_LINES = 10_000;
    private static final int LINES_A_TRANSACTION = 500;

    @Bean
    PostgresStockLedger stockLedger(
            PostgresLedger ledger, Database database, Pipeline pipeline, Clock clock, MeterRegistry meters) {
        return new PostgresStockLedger(
                ledger,
                database,
                pipeline,
                transactions -> new HotCommands<>(
                        "stock",
                        transactions,
                        (MoveCommand command) -> command.moves().size(),
                        WAITING_LINES,
                        LINES_A_TRANSACTION,
                        meters),
                clock);
    }

    @Bean
    HotCommands<MoveCommand, MoveAnswer> stockQueue(PostgresStockLedger stock) {
        return stock.queue();
    }

    @Bean
    Parts parts(Database database, Ledger ledger) {
        return new PostgresParts(database, ledger);
    }

    @Bean
    Categories categories(Database database, Ledger ledger) {
        return new PostgresCategories(database, ledger);
    }

    @Bean
    Locations locations(Database database, Ledger ledger) {
        return new PostgresLocations(database, ledger);
    }

    @Bean
    StockReads stockReads(Database database) {
        return new PostgresStockReads(database);
    }

    @Bean
    Books books(Database database) {
        return new PostgresBooks(database);
    }

    @Bean
    StockControl stockControl(Database database, Ledger ledger, Clock clock) {
        return new PostgresStockControl(database, ledger, clock);
    }

    @Bean
    Subjects subjects(Database database) {
        return new PostgresSubjects(database);
    }

    @Bean
    Snapshots snapshots(Database database) {
        return new PostgresSnapshots(database);
    }
}
