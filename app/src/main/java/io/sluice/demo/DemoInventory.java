package io.sluice.demo;

import io.sluice.access.Scope;
import io.sluice.inventory.Category;
import io.sluice.inventory.CategoryTree;
import io.sluice.inventory.Location;
import io.sluice.inventory.Locations;
import io.sluice.inventory.Move;
import io.sluice.inventory.MoveCommand;
import io.sluice.inventory.MovementType;
import io.sluice.inventory.Part;
import io.sluice.inventory.PartCatalogue;
import io.sluice.inventory.Places;
import io.sluice.inventory.StockLedger;
import io.sluice.inventory.Thresholds;
import io.sluice.log.Caller;
import io.sluice.log.Ledger;
import io.sluice.log.StoredAnswer;
import io.sluice.shared.Ids;
import io.sluice.shared.Quantity;
import io.sluice.shared.TenantId;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Three places, a small catalogue and a year of movements, through ordinary commands, the same at every first start. */
@Component
final class DemoInventory implements DemoPart {

    private static final int SEED = 42;
    private static final int PARTS_A_CATEGORY = 8;
    private static final int DAYS = 365;
    private static final int LINES_A_COMMAND = 200;
    private static final String BY = "system";
    private static final List<Place> PLACES = List.of(
            new Place("BER-1", "Berlin warehouse", Location.Kind.WAREHOUSE, "DE", "Europe/Berlin"),
            new Place("LYS-1", "Lyon warehouse", Location.Kind.WAREHOUSE, "FR", "Europe/Paris"),
            new Place("VAN-7", "Service van 7", Location.Kind.VAN, "DE", "Europe/Berlin"));
    private static final Map<String, String> CATEGORIES = Map.of(
            "MECH_BEARINGS", "Bearings",
            "MECH_FASTENERS", "Fasteners",
            "ELEC_SENSORS", "Sensors",
            "ELEC_RELAYS", "Relays",
            "HYDR_SEALS", "Seals");

    private record Place(String code, String name, Location.Kind kind, String country, String zone) {}

    private final Ledger ledger;
    private final Locations locations;
    private final Places places;
    private final CategoryTree tree;
    private final PartCatalogue catalogue;
    private final StockLedger stock;
    private final Clock clock;

    DemoInventory(
            Ledger ledger,
            Locations locations,
            Places places,
            CategoryTree tree,
            PartCatalogue catalogue,
            StockLedger stock,
            Clock clock) {
        this.ledger = ledger;
        this.locations = locations;
        this.places = places;
        this.tree = tree;
        this.catalogue = catalogue;
        this.stock = stock;
        this.clock = clock;
    }

    @Override
    public int order() {
        return 10;
    }

    /** What is there in one transaction was made in it whole, so the last place stands for all of the catalogue. */
    @Override
    public Mono<Void> seed(TenantId demo) {
        return locations
                .list(Scope.all(), null, null, null, 200)
                .filter(place -> place.code().equals(PLACES.getLast().code()))
                .hasElements()
                .flatMap(seeded -> seeded ? Mono.empty() : Mono.defer(() -> make(new Random(SEED))));
    }

    private Mono<Void> make(Random random) {
        return ledger.commit(catalogue(random)).flatMap(made -> move(made.answer(), random));
    }

    /** The catalogue and the places that movements go over. */
    private record Made(List<Part> parts, List<Location> places) {}

    private Mono<Made> catalogue(Random random) {
        Mono<List<Part>> parts = Flux.fromIterable(
                        CATEGORIES.keySet().stream().sorted().toList())
                .concatMap(code -> tree.create(
                        new CategoryTree.Wish(code, CATEGORIES.getOrDefault(code, code), null, null, Thresholds.NONE),
                        BY))
                .concatMap(category ->
                        Flux.range(1, PARTS_A_CATEGORY).concatMap(n -> catalogue.create(part(category, n, random))))
                .collectList();
        Mono<List<Location>> sites = Flux.fromIterable(PLACES)
                .concatMap(place -> places.open(location(place)))
                .collectList();
        return parts.flatMap(made -> sites.map(opened -> new Made(made, opened)));
    }

    private Part part(Category category, int n, Random random) {
        Instant now = clock.instant();
        long reorder = 20 + random.nextInt(60);
        return new Part(
                Ids.next(),
                category.code().replace('_', '-') + "-" + "%03d".formatted(n),
                category.name() + " " + n,
                null,
                category.id(),
                Part.Type.STOCKED,
                Part.Status.ACTIVE,
                "EA",
                0,
                BigDecimal.valueOf(150 + random.nextInt(9_850), 2),
                "EUR",
                BigDecimal.valueOf(100 + random.nextInt(4_900), 2),
                new Thresholds(Quantity.of(reorder), Quantity.of(reorder / 4), Quantity.of(reorder * 6)),
                List.of(),
                Map.of(),
                1,
                now,
                BY,
                now,
                BY);
    }

    private Location location(Place place) {
        Instant now = clock.instant();
        return new Location(
                Ids.next(),
                place.code(),
                place.name(),
                place.kind(),
                null,
                null,
                place.country(),
                null,
                null,
                null,
                null,
                ZoneId.of(place.zone()),
                "EUR",
                List.of(),
                true,
                1,
                now,
                BY,
                now,
                BY);
    }

    private Mono<Void> move(Made made, Random random) {
        List<Move> moves = new ArrayList<>();
        for (Part part : made.parts()) {
            for (Location place : made.places()) {
                year(place.id(), part.id(), random, moves);
            }
        }
        return Mono.deferContextual(context -> Flux.fromIterable(moves)
                .buffer(LINES_A_COMMAND)
                .concatMap(lines -> stock.post(new MoveCommand(
                        context.get(Caller.class), lines, false, null, (_, _, _) -> StoredAnswer.of(200, ""))))
                .then());
    }

    /** Opened a year ago, issued about once a week, received when it runs low: some rows end below their threshold. */
    private void year(UUID place, UUID part, Random random, List<Move> moves) {
        Instant start = clock.instant().minus(Duration.ofDays(DAYS));
        long level = 80 + random.nextInt(200);
        moves.add(move(place, part, MovementType.OPENING, level, null, start));
        for (int day = 1 + random.nextInt(7); day < DAYS; day += 10 + random.nextInt(25)) {
            Instant at = start.plus(Duration.ofDays(day));
            long wanted = Math.min(level, 1 + random.nextInt(30));
            if (wanted > 0) {
                moves.add(move(place, part, MovementType.ISSUE, wanted, null, at));
                level -= wanted;
            }
            if (level < 40 && random.nextInt(3) > 0) {
                long received = 100 + random.nextInt(100);
                moves.add(move(
                        place,
                        part,
                        MovementType.RECEIPT,
                        received,
                        BigDecimal.valueOf(100 + random.nextInt(4_900), 2),
                        at));
                level += received;
            }
        }
    }

    private static Move move(
            UUID place, UUID part, MovementType type, long units, @Nullable BigDecimal cost, Instant at) {
        return new Move(
                place,
                part,
                type,
                Quantity.of(units),
                null,
                cost,
                null,
                null,
                null,
                null,
                null,
                null,
                at,
                null,
                null,
                null,
                null);
    }
}
