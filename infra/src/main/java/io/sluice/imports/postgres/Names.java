package io.sluice.imports.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.imports.Import;
import io.sluice.imports.ImportResource;
import io.sluice.imports.Mapped;
import io.sluice.imports.RetailMapping;
import io.sluice.inventory.LocationFacts;
import io.sluice.inventory.Part;
import io.sluice.inventory.PartFacts;
import io.sluice.inventory.Thresholds;
import io.sluice.postgres.Database;
import io.sluice.postgres.Rows;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Which part and which place a line means. Missing ones are made, or, in a dry run, imagined. */
final class Names {

    private static final int AT_ONCE = 500;
    private static final int KEPT = 100_000;

    private final Database database;
    private final Makers makers;
    private final Import it;
    private final Map<String, UUID> parts = new HashMap<>();
    private final Map<String, LocationFacts> places = new HashMap<>();
    private final Map<UUID, PartFacts> imaginedParts = new HashMap<>();
    private final Map<UUID, LocationFacts> imaginedPlaces = new HashMap<>();

    Names(Database database, Makers makers, Import it) {
        this.database = database;
        this.makers = makers;
        this.it = it;
    }

    Map<UUID, PartFacts> imaginedParts() {
        return imaginedParts;
    }

    Map<UUID, LocationFacts> imaginedPlaces() {
        return imaginedPlaces;
    }

    /** {@code unknown-part} when there is none. */
    UUID part(String name) {
        UUID id = parts.get(name);
        if (id == null) {
            throw new Problem.Contradiction("unknown-part", "part", "part " + name + " does not exist");
        }
        return id;
    }

    /** The place so named, or the import's own; {@code unknown-location} when there is none. */
    LocationFacts place(String name) {
        if (name.isEmpty() && it.options().location() == null) {
            throw Problem.Invalid.field("location", "required", "neither the line nor the import names a location");
        }
        LocationFacts place = places.get(name);
        if (place == null || !place.active()) {
            throw new Problem.Contradiction("unknown-location", "location", "location " + name + " does not exist");
        }
        return place;
    }

    /** Looks up what the lines name and is not known yet. */
    Mono<Void> lookUp(List<Mapped> lines) {
        Set<String> wantedParts = named(lines, Names::partOf);
        Set<String> wantedPlaces = named(lines, Names::placeOf);
        return places(wantedPlaces).then(parts(wantedParts, name -> Wish.of(name)));
    }

    private static Set<String> named(List<Mapped> lines, Function<Mapped, @Nullable String> nameOf) {
        return lines.stream().map(nameOf).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    private static @Nullable String partOf(Mapped mapped) {
        return switch (mapped) {
            case Mapped.Posting posting -> posting.part();
            case Mapped.UsageRow row -> row.part();
            default -> null;
        };
    }

    private static @Nullable String placeOf(Mapped mapped) {
        return switch (mapped) {
            case Mapped.Posting posting -> posting.place();
            case Mapped.UsageRow row -> row.place();
            default -> null;
        };
    }

    /** A part that is to be made if it is missing. */
    record Wish(String number, String description, @Nullable BigDecimal price, Part.Type type, boolean retail) {

        static Wish of(String number) {
            return new Wish(number, number, null, Part.Type.STOCKED, false);
        }
    }

    Mono<Void> parts(Collection<String> names, Function<String, Wish> wishes) {
        if (parts.size() > KEPT && it.resource() != ImportResource.RETAIL) {
            parts.clear();
        }
        return Flux.fromIterable(names)
                .filter(name -> !parts.containsKey(name))
                .buffer(AT_ONCE)
                .concatMap(some -> find(some).then(Mono.defer(() -> make(some, wishes))))
                .then();
    }

    private Mono<Void> find(List<String> names) {
        UUID[] ids = names.stream().map(Mapped::idOf).filter(Objects::nonNull).toArray(UUID[]::new);
        return database.read(session -> session.all(
                        "SELECT id, part_number FROM part WHERE tenant_id = $1 AND (part_number = ANY ($2) OR id = ANY ($3))",
                        row -> Map.entry(Rows.text(row, "part_number"), Rows.uuid(row, "id")),
                        session.caller().tenant().value(),
                        names.toArray(String[]::new),
                        ids))
                .doOnNext(found -> keep(found.getKey(), found.getValue()))
                .then();
    }

    private void keep(String number, UUID id) {
        parts.put(number, id);
        parts.putIfAbsent(id.toString(), id);
    }

    private Mono<Void> make(List<String> names, Function<String, Wish> wishes) {
        List<Wish> missing = names.stream()
                .filter(name -> !parts.containsKey(name))
                .map(wishes)
                .toList();
        if (missing.isEmpty() || !it.options().createMissing()) {
            return Mono.empty();
        }
        if (it.options().dryRun()) {
            missing.forEach(this::imagine);
            return Mono.empty();
        }
        return makers.parts(it, missing)
                .doOnNext(made -> keep(made.partNumber(), made.id()))
                .then();
    }

    private void imagine(Wish wish) {
        UUID id = Ids.next();
        parts.put(wish.number(), id);
        imaginedParts.put(
                id,
                new PartFacts(
                        id,
                        wish.number(),
                        wish.type(),
                        Part.Status.ACTIVE,
                        "EA",
                        0,
                        wish.price(),
                        null,
                        "EUR",
                        List.of(),
                        Thresholds.NONE,
                        Thresholds.NONE));
    }

    /** Places by id or code; by country they are made if missing. */
    Mono<Void> places(Collection<String> names) {
        Map<String, String> wanted = new LinkedHashMap<>();
        for (String name : names) {
            if (!places.containsKey(name) && (!name.isEmpty() || it.options().location() != null)) {
                wanted.put(reference(name), name);
            }
        }
        return wanted.isEmpty() ? Mono.empty() : places(wanted);
    }

    /** How the line's place is kept: the import's own id, a country's code, or as it is written. */
    private String reference(String name) {
        if (name.isEmpty()) {
            return String.valueOf(it.options().location());
        }
        return it.options().locationByCountry() ? RetailMapping.placeCode(name) : name;
    }

    private Mono<Void> places(Map<String, String> wanted) {
        UUID[] ids = wanted.keySet().stream()
                .map(Mapped::idOf)
                .filter(Objects::nonNull)
                .toArray(UUID[]::new);
        return database.read(session -> session.all(
                        """
                        SELECT id, code, active, time_zone, currency FROM location
                        WHERE tenant_id = $1 AND (code = ANY ($2) OR id = ANY ($3))
                        """,
                        Names::toFacts,
                        session.caller().tenant().value(),
                        wanted.keySet().toArray(String[]::new),
                        ids))
                .doOnNext(found -> keep(found, wanted))
                .then(Mono.defer(() -> makePlaces(wanted)));
    }

    private void keep(LocationFacts found, Map<String, String> wanted) {
        for (String reference : List.of(found.code(), found.id().toString())) {
            String name = wanted.get(reference);
            if (name != null) {
                places.put(name, found);
            }
        }
    }

    private static LocationFacts toFacts(Readable row) {
        return new LocationFacts(
                Rows.uuid(row, "id"),
                Rows.text(row, "code"),
                Rows.truth(row, "active"),
                ZoneId.of(Rows.text(row, "time_zone")),
                Rows.text(row, "currency"));
    }

    private Mono<Void> makePlaces(Map<String, String> wanted) {
        List<String> missing = wanted.values().stream()
                .filter(name -> !places.containsKey(name))
                .toList();
        if (missing.isEmpty() || !it.options().locationByCountry()) {
            return Mono.empty();
        }
        if (it.options().dryRun()) {
            missing.forEach(this::imaginePlace);
            return Mono.empty();
        }
        return makers.places(it, missing)
                .doOnNext(made -> places.put(
                        Objects.requireNonNullElse(made.country(), made.name()),
                        new LocationFacts(made.id(), made.code(), true, made.timeZone(), made.currency())))
                .then();
    }

    private void imaginePlace(String country) {
        ZoneId zone =
                it.options().zone() == null ? ZoneId.of("UTC") : it.options().zone();
        var facts = new LocationFacts(Ids.next(), RetailMapping.placeCode(country), true, zone, "EUR");
        places.put(country, facts);
        imaginedPlaces.put(facts.id(), facts);
    }
}
