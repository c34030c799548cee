package io.sluice.wiring;

import io.sluice.access.AccessEvents;
import io.sluice.imports.ImportDesk;
import io.sluice.imports.ImportEvents;
import io.sluice.imports.Imports;
import io.sluice.inventory.CatalogueEvents;
import io.sluice.inventory.Categories;
import io.sluice.inventory.CategoryTree;
import io.sluice.inventory.Locations;
import io.sluice.inventory.PartCatalogue;
import io.sluice.inventory.Parts;
import io.sluice.inventory.Places;
import io.sluice.inventory.StockControl;
import io.sluice.inventory.StockEvents;
import io.sluice.log.EventTypes;
import io.sluice.notifications.NotificationEvents;
import io.sluice.ops.HealthEvents;
import java.time.Clock;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Inventory's activities. */
@Configuration(proxyBeanMethods = false)
class InventoryWiring {

    @Bean
    EventTypes eventTypes() {
        return new EventTypes(List.of(
                AccessEvents.ALL,
                CatalogueEvents.ALL,
                StockEvents.ALL,
                NotificationEvents.ALL,
                ImportEvents.ALL,
                HealthEvents.ALL));
    }

    @Bean
    PartCatalogue partCatalogue(Parts parts, StockControl control) {
        return new PartCatalogue(parts, control);
    }

    @Bean
    CategoryTree categoryTree(Categories categories, StockControl control, Clock clock) {
        return new CategoryTree(categories, control, clock);
    }

    @Bean
    Places places(Locations locations) {
        return new Places(locations);
    }

    @Bean
    ImportDesk importDesk(Imports imports, Clock clock) {
        return new ImportDesk(imports, clock);
    }
}
