package io.sluice.imports.postgres;

import io.sluice.access.Tenant;
import io.sluice.access.Tenants;
import io.sluice.imports.Import;
import io.sluice.imports.RetailMapping;
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
import io.sluice.log.postgres.PostgresLedger;
import io.sluice.postgres.PoolName;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Makes the parts, places and categories that lines name and nobody has made. */
final class Makers {

    static final String RETAIL = "RETAIL";

    private final PostgresLedger ledger;
    private final Tenants tenants;
    private final Parts parts;
    private final PartCatalogue catalogue;
    private final Places places;
    private final Categories categories;
    private final CategoryTree tree;
    private final Clock clock;

    Makers(
            PostgresLedger ledger,
            Tenants tenants,
            Parts parts,
            Locations locations,
            Categories categories,
            StockControl control,
            Clock clock) {
        this.ledger = ledger;
        this.tenants = tenants;
        this.parts = parts;
        this.catalogue = new PartCatalogue(parts, control);
        this.places = new Places(locations);
        this.categories = categories;
        this.tree = new CategoryTree(categories, control, clock);
        this.clock = clock;
    }

    /** Somebody else may make the same at the same time: then what he made is found in the next try. */
    private static Retry onceMore() {
        return Retry.max(3)
                .filter(error ->
                        error instanceof Problem.Conflict taken && taken.code().endsWith("-taken"));
    }

    private Mono<String> currency(Import it) {
        return it.options().currency() == null
                ? tenants.findOwn().map(Tenant::currency).defaultIfEmpty("EUR")
                : Mono.just(it.options().currency());
    }

    Flux<Part> parts(Import it, List<Names.Wish> wishes) {
        boolean retail = wishes.getFirst().retail();
        return Mono.zip(currency(it), retail ? category(it).map(Optional::of) : Mono.just(Optional.<UUID>empty()))
                .flatMapMany(both -> parts(it, wishes, both.getT1(), both.getT2()));
    }

    private Flux<Part> parts(Import it, List<Names.Wish> wishes, String currency, Optional<UUID> category) {
        Mono<List<Part>> work = parts.findByNumbers(
                        wishes.stream().map(Names.Wish::number).toList())
                .collectMap(Part::partNumber)
                .flatMap(known -> Flux.fromIterable(wishes)
                        .concatMap(wish -> known.containsKey(wish.number())
                                ? Mono.just(Objects.requireNonNull(known.get(wish.number())))
                                : catalogue.create(toPart(it, wish, currency, category)))
                        .collectList());
        return ledger.commit(PoolName.JOBS, work).retryWhen(onceMore()).flatMapIterable(done -> done.answer());
    }

    private Part toPart(Import it, Names.Wish wish, String currency, Optional<UUID> category) {
        Instant now = clock.instant();
        return new Part(
                Ids.next(),
                wish.number(),
                wish.description(),
                null,
                category.orElse(null),
                wish.type(),
                Part.Status.ACTIVE,
                "EA",
                0,
                wish.price(),
                currency,
                null,
                Thresholds.NONE,
                List.of(),
                Map.of(),
                1,
                now,
                it.requestedBy(),
                now,
                it.requestedBy());
    }

    private Mono<UUID> category(Import it) {
        Mono<Category> made =
                tree.create(new CategoryTree.Wish(RETAIL, "Retail", null, null, Thresholds.NONE), it.requestedBy());
        return ledger.commit(
                        PoolName.JOBS,
                        categories.findByCodes(List.of(RETAIL)).next().switchIfEmpty(made))
                .retryWhen(onceMore())
                .map(done -> done.answer().id());
    }

    /** A place for each country. */
    Flux<Location> places(Import it, List<String> countries) {
        return currency(it)
                .flatMap(currency -> ledger.commit(
                        PoolName.JOBS,
                        Flux.fromIterable(countries)
                                .concatMap(country -> places.open(toPlace(it, country, currency)))
                                .collectList()))
                .flatMapIterable(done -> done.answer());
    }

    private Location toPlace(Import it, String country, String currency) {
        Instant now = clock.instant();
        return new Location(
                Ids.next(),
                RetailMapping.placeCode(country),
                country,
                Location.Kind.WAREHOUSE,
                null,
                null,
                country,
                null,
                null,
                null,
                null,
                Objects.requireNonNullElse(it.options().zone(), ZoneOffset.UTC),
                currency,
                List.of(),
                true,
                1,
                now,
                it.requestedBy(),
                now,
                it.requestedBy());
    }
}
