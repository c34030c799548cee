package io.sluice.notifications;

import io.sluice.inventory.StockAlert;
import io.sluice.shared.Ids;
import io.sluice.shared.Quantity;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * An alert that was opened, with what its notification says. The managers of the location are told, each once; without
 * one, those who hold the role manager for it.
 */
public record LowStockNotice(
        long position,
        UUID alert,
        StockAlert.Level level,
        UUID location,
        String locationName,
        UUID part,
        String partNumber,
        String description,
        Quantity quantity,
        Quantity threshold,
        List<UUID> managers,
        List<UUID> roleHolders) {

    public static final String TYPE = "low_stock";

    public List<Notification> toNotifications(Instant now) {
        List<UUID> told = managers.isEmpty() ? roleHolders : managers;
        return new LinkedHashSet<>(told).stream().map(account -> toNotification(account, now)).toList();
    }

    private Notification toNotification(UUID account, Instant now) {
        boolean critical = level == StockAlert.Level.CRITICAL;
        return new Notification(
                Ids.next(),
                account,
                TYPE,
                critical ? Notification.Severity.CRITICAL : Notification.Severity.WARNING,
                (critical ? "Critical stock: " : "Low stock: ") + partNumber,
                quantity + " of " + partNumber + " (" + description + ") left at " + locationName,
                Map.of(
                        "alertId", alert,
                        "locationId", location,
                        "partId", part,
                        "quantity", quantity,
                        "threshold", threshold,
                        "level", level),
                "alert:" + alert,
                position,
                now,
                null);
    }
}
