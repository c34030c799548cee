package io.sluice.notifications;

import io.sluice.inventory.StockAlert;
import io.sluice.shared.Ids;
import io.sluice.shared.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * An alert that was opened or that nobody acknowledges, with what its notification says. The managers of the location
 * are told, each once; without one, those who hold the role for it.
 */
public record LowStockNotice(
        Stage stage,
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

    /** Who is told when; each person once at each stage. */
    public enum Stage {
        OPENED("low_stock", "", "manager", Duration.ZERO),
        FOUR_HOURS("low_stock_4h", "Not acknowledged for 4 hours: ", "manager", Duration.ofHours(4)),
        EIGHT_HOURS("low_stock_8h", "Not acknowledged for 8 hours: ", "admin", Duration.ofHours(8));

        private final String type;
        private final String beginning;
        private final String role;
        private final Duration age;

        Stage(String type, String beginning, String role, Duration age) {
            this.type = type;
            this.beginning = beginning;
            this.role = role;
            this.age = age;
        }

        public String type() {
            return type;
        }

        public String role() {
            return role;
        }

        /** How long a critical alert is left alone before. */
        public Duration age() {
            return age;
        }
    }

    public List<Notification> toNotifications(Instant now) {
        List<UUID> told = managers.isEmpty() ? roleHolders : managers;
        return new LinkedHashSet<>(told)
                .stream().map(account -> toNotification(account, now)).toList();
    }

    private Notification toNotification(UUID account, Instant now) {
        boolean critical = level == StockAlert.Level.CRITICAL;
        return new Notification(
                Ids.next(),
                account,
                stage.type,
                critical ? Notification.Severity.CRITICAL : Notification.Severity.WARNING,
                stage.beginning + (critical ? "Critical stock: " : "Low stock: ") + partNumber,
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
