package io.sluice.wiring;

import io.sluice.inventory.StockEvents;
import io.sluice.log.EventType;
import io.sluice.log.EventTypes;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Inventory's activities, and all declared events. */
@Configuration(proxyBeanMethods = false)
class InventoryWiring {

    /** The event types of one feature. */
    record Declared(List<EventType> types) {}

    @Bean
    Declared stockEvents() {
        return new Declared(StockEvents.ALL);
    }

    @Bean
    EventTypes eventTypes(ObjectProvider<Declared> declared) {
        return new EventTypes(declared.stream().map(Declared::types).toList());
    }
}
