package io.sluice.imports.postgres;

import io.sluice.access.Tenant;
import io.sluice.access.Tenants;
import io.sluice.imports.Import;
import io.sluice.imports.Mapped;
import io.sluice.inventory.Categories;
import io.sluice.inventory.Category;
import io.sluice.inventory.CategoryTree;
import io.sluice.inventory.Location;
import io.sluice.inventory.Locations;
import io.sluice.inventory.Part;
import io.sluice.inventory.PartCatalogue;
import io.sluice.inventory.Parts;
import io.sluice.inventory.Places;
import io.sluice.inventory.StockControl;
import io.sluice.inventory.Thresholds;
import io.sluice.postgres.Session;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Decides what a line of parts, places or categories makes or changes, on what is there already. */
final class CatalogueLines {

    private static final String NAME = "name:";

    private final Tenants tenants;
    private final Parts parts;
    private final PartCatalogue catalogue;
    private final Locations locations;
    private final Places places;
    private final Categories categories;
    private final CategoryTree tree;
    private final Clock clock;

    CatalogueLines(
            Tenants tenants,
            Parts parts,
            Locations locations,
            Categories categories,
            StockControl control,
            Clock clock) {
        this.tenants = tenants;
        this.parts = parts;
        this.catalogue = new PartCatalogue(parts, control);
        this.locations = locations;
        this.places = new Places(locations);
        this.categories = categories;
        this.tree = new CategoryTree(categories, control, clock);
        this.clock = clock;
    }

    /** A line that may not have its effect; nothing was written for it. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Problem problem;

        Refused(Problem problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }

    /** What is there, as the lines before have left it. {@code imagined} are names that a dry run made. */
    record Known(
            Import it,
            String currency,
            Map<String, Part> parts,
            Map<String, Location> locations,
            Map<String, Category> categories,
            Set<String> imagined,
            Set<String> imaginedBefore) {}

    /** The store of a decided line. */
    record Decided(UUID id, Mono<Void> store) {}

    Mono<Known> known(Session session, Import it, List<Mapped> lines) {
        Set<String> numbers = new HashSet<>();
        Set<String> places = new HashSet<>();
        Set<String> codes = new HashSet<>();
        lines.forEach(line -> collect(line, numbers, places, codes));
        List<String> names = lines.stream()
                .map(CatalogueLines::nameOf)
                .filter(Objects::nonNull)
                .toList();
        return tenants.findOwn().map(Tenant::currency).defaultIfEmpty("EUR").flatMap(currency -> Mono.zip(
                        parts.findByNumbers(numbers).collectMap(Part::partNumber, part -> part, HashMap::new),
                        locations.findByCodes(places).collectMap(Location::code, place -> place, HashMap::new),
                        categories.findByCodes(codes).collectMap(Category::code, it2 -> it2, HashMap::new),
                        Keys.taken(session, names, it.dryScope()))
                .map(all -> new Known(
                        it,
                        Objects.requireNonNullElse(it.options().currency(), currency),
                        all.getT1(),
                        all.getT2(),
                        all.getT3(),
                        new HashSet<>(all.getT4()),
                        all.getT4())));
    }

    private static void collect(Mapped line, Set<String> numbers, Set<String> places, Set<String> codes) {
        switch (line) {
            case Mapped.PartRow row -> {
                numbers.add(row.partNumber());
                add(codes, row.category());
            }
            case Mapped.LocationRow row -> {
                places.add(row.code());
                add(places, row.parent());
            }
            case Mapped.CategoryRow row -> {
                codes.add(row.code());
                add(codes, row.parent());
            }
            default -> {}
        }
    }

    private static void add(Set<String> names, @Nullable String name) {
        if (name != null) {
            names.add(name);
        }
    }

    private static @Nullable String nameOf(Mapped line) {
        return switch (line) {
            case Mapped.PartRow row -> NAME + row.partNumber();
            case Mapped.LocationRow row -> NAME + row.code();
            case Mapped.CategoryRow row -> NAME + row.code();
            default -> null;
        };
    }

    /** Names that the lines of a dry run made, but those that lines before had made. */
    static Set<String> names(Sorting sorting, Set<String> before) {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < sorting.size(); i++) {
            String name = sorting.isApplied(i) ? nameOf(sorting.line(i)) : null;
            if (name != null && !before.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }

    Decided decide(Mapped line, Known known) {
        try {
            return switch (line) {
                case Mapped.PartRow row -> part(row, known);
                case Mapped.LocationRow row -> place(row, known);
                case Mapped.CategoryRow row -> category(row, known);
                default -> throw new IllegalStateException("no entry of the catalogue: " + line);
            };
        } catch (Problem problem) {
            throw new Refused(problem);
        }
    }

    private static void requireFree(boolean taken, Known known, String code, String field, String name) {
        if (taken && !known.it().options().upsert()) {
            throw new Problem.Contradiction(code, field, name + " is taken");
        }
    }

    private Decided part(Mapped.PartRow row, Known known) {
        Part before = known.parts().get(row.partNumber());
        boolean imagined = known.imagined().contains(NAME + row.partNumber());
        requireFree(before != null || imagined, known, "part-number-taken", "PartNumber", row.partNumber());
        if (row.category() != null && !known.categories().containsKey(row.category())) {
            requireMakable(row.category(), known);
        }
        known.imagined().add(NAME + row.partNumber());
        if (before != null) {
            return changed(row, before, known);
        }
        UUID id = Ids.next();
        return new Decided(
                id,
                categoryOf(row, known)
                        .flatMap(category -> catalogue.create(toPart(id, row, known, category.orElse(null))))
                        .doOnNext(part -> known.parts().put(part.partNumber(), part))
                        .then());
    }

    private static void requireMakable(String category, Known known) {
        if (!known.it().options().createMissing()) {
            throw new Problem.Contradiction("unknown-category", "Category", "category " + category + " does not exist");
        }
        requireDepth(category.split("_").length);
    }

    private static void requireDepth(int depth) {
        if (depth > Category.DEEPEST) {
            throw new Problem.Contradiction("category-depth", "Code", "the tree has at most 10 levels");
        }
    }

    private Mono<Optional<UUID>> categoryOf(Mapped.PartRow row, Known known) {
        String code = row.category();
        return Mono.defer(() -> {
            Category there = code == null ? null : known.categories().get(code);
            if (code == null || there != null) {
                return Mono.just(Optional.ofNullable(there).map(Category::id));
            }
            var wish = new CategoryTree.Wish(code, code, null, null, Thresholds.NONE);
            return tree.create(wish, known.it().requestedBy())
                    .doOnNext(made -> known.categories().put(code, made))
                    .map(made -> Optional.of(made.id()));
        });
    }

    private Part toPart(UUID id, Mapped.PartRow row, Known known, @Nullable UUID category) {
        Instant now = clock.instant();
        String by = known.it().requestedBy();
        return new Part(
                id,
                row.partNumber(),
                Objects.requireNonNullElse(row.description(), row.partNumber()),
                row.notes(),
                category,
                Objects.requireNonNullElse(row.type(), Part.Type.STOCKED),
                Objects.requireNonNullElse(row.status(), Part.Status.ACTIVE),
                Objects.requireNonNullElse(row.baseUnit(), "EA"),
                Objects.requireNonNullElse(row.decimals(), 0),
                row.price(),
                Objects.requireNonNullElse(row.currency(), known.currency()),
                row.standardCost(),
                row.thresholds(),
                Objects.requireNonNullElse(row.tags(), List.of()),
                Map.of(),
                1,
                now,
                by,
                now,
                by);
    }

    private Decided changed(Mapped.PartRow row, Part before, Known known) {
        Part.Status status = row.status();
        if (status != null && status != before.status() && !before.status().mayBecome(status)) {
            throw new Problem.Contradiction(
                    "illegal-transition", "Status", "a part does not go from " + before.status() + " to " + status);
        }
        row.thresholds().or(before.thresholds()).checked();
        return new Decided(
                before.id(),
                categoryOf(row, known)
                        .flatMap(category -> catalogue.change(
                                before.id(),
                                Objects.requireNonNull(known.parts().get(before.partNumber()))
                                        .version(),
                                it -> over(it, row, category.orElse(it.categoryId()), known)))
                        .doOnNext(part -> known.parts().put(part.partNumber(), part))
                        .then());
    }

    /** What the line says nothing about stays as it is. */
    private Part over(Part it, Mapped.PartRow row, @Nullable UUID category, Known known) {
        return new Part(
                it.id(),
                it.partNumber(),
                Objects.requireNonNullElse(row.description(), it.description()),
                or(row.notes(), it.notes()),
                category,
                Objects.requireNonNullElse(row.type(), it.type()),
                Objects.requireNonNullElse(row.status(), it.status()),
                it.baseUnit(),
                it.decimals(),
                or(row.price(), it.price()),
                Objects.requireNonNullElse(row.currency(), it.currency()),
                or(row.standardCost(), it.standardCost()),
                row.thresholds().or(it.thresholds()),
                Objects.requireNonNullElse(row.tags(), it.tags()),
                it.attributes(),
                it.version() + 1,
                it.createdAt(),
                it.createdBy(),
                clock.instant(),
                known.it().requestedBy());
    }

    private static <T> @Nullable T or(@Nullable T wish, @Nullable T present) {
        return wish == null ? present : wish;
    }

    private Decided place(Mapped.LocationRow row, Known known) {
        Location before = known.locations().get(row.code());
        boolean imagined = known.imagined().contains(NAME + row.code());
        requireFree(before != null || imagined, known, "code-taken", "Code", row.code());
        UUID parent = parentOf(row, known);
        known.imagined().add(NAME + row.code());
        UUID id = before == null ? Ids.next() : before.id();
        Location after = toPlace(id, row, parent, before, known);
        Mono<Location> store = before == null
                ? places.open(after)
                : Mono.defer(() -> places.change(
                        id,
                        Objects.requireNonNull(known.locations().get(row.code()))
                                .version(),
                        _ -> after));
        Mono<Void> kept = store.doOnNext(place -> known.locations().put(row.code(), place))
                .then();
        return new Decided(id, kept);
    }

    private static @Nullable UUID parentOf(Mapped.LocationRow row, Known known) {
        String code = row.parent();
        Location parent = code == null ? null : known.locations().get(code);
        if (code != null && parent == null && !known.imagined().contains(NAME + code)) {
            throw new Problem.Contradiction("unknown-location", "Parent", "location " + code + " does not exist");
        }
        return parent == null ? null : parent.id();
    }

    private Location toPlace(
            UUID id, Mapped.LocationRow row, @Nullable UUID parent, @Nullable Location before, Known known) {
        Instant now = clock.instant();
        String by = known.it().requestedBy();
        return new Location(
                id,
                row.code(),
                firstOf(row.name(), before == null ? null : before.name(), row.code()),
                firstOf(row.kind(), before == null ? null : before.kind(), Location.Kind.WAREHOUSE),
                or(parent, before == null ? null : before.parentId()),
                or(row.region(), before == null ? null : before.region()),
                or(row.country(), before == null ? null : before.country()),
                or(row.climateZone(), before == null ? null : before.climateZone()),
                or(row.address(), before == null ? null : before.address()),
                or(row.lat(), before == null ? null : before.lat()),
                or(row.lon(), before == null ? null : before.lon()),
                firstOf(row.timeZone(), before == null ? null : before.timeZone(), ZoneOffset.UTC),
                firstOf(row.currency(), before == null ? null : before.currency(), known.currency()),
                before == null ? List.of() : before.managerIds(),
                before == null || before.active(),
                before == null ? 1 : before.version() + 1,
                before == null ? now : before.createdAt(),
                before == null ? by : before.createdBy(),
                now,
                by);
    }

    private static <T> T firstOf(@Nullable T wish, @Nullable T present, T otherwise) {
        T known = or(wish, present);
        return known == null ? otherwise : known;
    }

    private Decided category(Mapped.CategoryRow row, Known known) {
        Category before = known.categories().get(row.code());
        boolean imagined = known.imagined().contains(NAME + row.code());
        requireFree(before != null || imagined, known, "code-taken", "Code", row.code());
        Category parent = row.parent() == null ? null : known.categories().get(row.parent());
        if (row.parent() != null && parent == null && !known.imagined().contains(NAME + row.parent())) {
            throw new Problem.Contradiction(
                    "unknown-category", "Parent", "category " + row.parent() + " does not exist");
        }
        requireDepth(parent == null ? row.code().split("_").length : parent.depth() + 1);
        known.imagined().add(NAME + row.code());
        if (before != null) {
            return changed(row, before, known);
        }
        var wish = new CategoryTree.Wish(
                row.code(),
                Objects.requireNonNullElse(row.name(), row.code()),
                row.description(),
                parent == null ? null : parent.id(),
                row.thresholds());
        Mono<Category> made = Mono.defer(() -> known.categories().containsKey(row.code())
                ? Mono.empty()
                : tree.create(wish, known.it().requestedBy()));
        return new Decided(
                Ids.next(),
                made.doOnNext(it -> known.categories().put(it.code(), it)).then());
    }

    private Decided changed(Mapped.CategoryRow row, Category before, Known known) {
        row.thresholds().or(before.thresholds()).checked();
        return new Decided(
                before.id(),
                Mono.defer(() -> tree.change(before.id(), before.version(), it -> over(it, row, known)))
                        .doOnNext(it -> known.categories().put(it.code(), it))
                        .then());
    }

    private Category over(Category it, Mapped.CategoryRow row, Known known) {
        Category parent = row.parent() == null ? null : known.categories().get(row.parent());
        return new Category(
                it.id(),
                it.code(),
                Objects.requireNonNullElse(row.name(), it.name()),
                or(row.description(), it.description()),
                parent == null ? it.parentId() : parent.id(),
                it.path(),
                row.thresholds().or(it.thresholds()),
                it.active(),
                it.version() + 1,
                it.createdAt(),
                it.createdBy(),
                clock.instant(),
                known.it().requestedBy());
    }
}
