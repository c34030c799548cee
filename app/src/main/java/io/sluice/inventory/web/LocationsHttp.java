package io.sluice.inventory.web;

import static io.sluice.access.Permission.LOCATIONS_MANAGE;
import static io.sluice.access.Permission.LOCATIONS_READ;

import io.sluice.inventory.Location;
import io.sluice.inventory.Locations;
import io.sluice.inventory.Places;
import io.sluice.shared.Ids;
import io.sluice.web.Answers;
import io.sluice.web.Call;
import io.sluice.web.Change;
import io.sluice.web.Commands;
import io.sluice.web.Lists;
import io.sluice.web.Paging;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Places where stock lies. */
@RestController
@Tag(name = "locations")
@RequestMapping("/api/locations")
final class LocationsHttp {

    private final Commands commands;
    private final Places places;
    private final Locations locations;
    private final Lists lists;
    private final Clock clock;

    LocationsHttp(Commands commands, Places places, Locations locations, Lists lists, Clock clock) {
        this.commands = commands;
        this.places = places;
        this.locations = locations;
        this.lists = lists;
        this.clock = clock;
    }

    record Wish(
            @Size(min = 1, max = 60) @Pattern(regexp = "\\S(.*\\S)?")
            String code,

            @Size(min = 1, max = 200) String name,
            Location.@Nullable Kind kind,
            @Nullable UUID parentId,
            @Nullable @Size(max = 100) String region,
            @Nullable @Size(max = 100) String country,
            @Nullable @Size(max = 100) String climateZone,
            @Nullable @Size(max = 500) String address,
            @Nullable @Min(-90) @Max(90) BigDecimal lat,
            @Nullable @Min(-180) @Max(180) BigDecimal lon,
            @Nullable ZoneId timeZone,
            @Nullable @Pattern(regexp = "[A-Z]{3}") String currency,
            @Nullable @Size(max = 100) List<UUID> managerIds) {}

    record Correction(
            @Size(min = 1, max = 200) Change<String> name,
            Change<Location.Kind> kind,
            Change<UUID> parentId,
            @Size(max = 100) Change<String> region,
            @Size(max = 100) Change<String> country,
            @Size(max = 100) Change<String> climateZone,
            @Size(max = 500) Change<String> address,
            @Min(-90) @Max(90) Change<BigDecimal> lat,
            @Min(-180) @Max(180) Change<BigDecimal> lon,
            Change<ZoneId> timeZone,
            @Pattern(regexp = "[A-Z]{3}") Change<String> currency,
            @Size(max = 100) Change<List<UUID>> managerIds,
            Change<Boolean> active) {}

    record Filter(
            Location.@Nullable Kind kind,
            @Nullable Boolean active,
            @Nullable @Min(1) @Max(200) Integer limit,
            @Nullable @Size(max = 1000) String cursor) {}

    record Answer(
            UUID id,
            String code,
            String name,
            Location.Kind kind,
            boolean isWarehouse,
            boolean isServiceCenter,
            @Nullable UUID parentId,
            @Nullable String region,
            @Nullable String country,
            @Nullable String climateZone,
            @Nullable String address,
            @Nullable BigDecimal lat,
            @Nullable BigDecimal lon,
            String timeZone,
            String currency,
            List<UUID> managerIds,
            boolean active,
            long version,
            Instant createdAt,
            String createdBy,
            Instant updatedAt,
            String updatedBy) {

        static Answer of(Location it) {
            return new Answer(
                    it.id(),
                    it.code(),
                    it.name(),
                    it.kind(),
                    it.kind() == Location.Kind.WAREHOUSE,
                    it.kind() == Location.Kind.SERVICE_CENTER,
                    it.parentId(),
                    it.region(),
                    it.country(),
                    it.climateZone(),
                    it.address(),
                    it.lat(),
                    it.lon(),
                    it.timeZone().getId(),
                    it.currency(),
                    it.managerIds(),
                    it.active(),
                    it.version(),
                    it.createdAt(),
                    it.createdBy(),
                    it.updatedAt(),
                    it.updatedBy());
        }
    }

    @PostMapping
    @Operation(summary = "Open a location")
    @Answers(
            value = Answer.class,
            status = 201,
            etag = true,
            problems = {"409 code-taken", "422 unknown-location", "422 unknown-user"})
    Mono<ResponseEntity<String>> create(@RequestBody Wish wish, Call call) {
        String by = call.require(LOCATIONS_MANAGE).principal().account().toString();
        return commands.run(
                call,
                Mono.fromSupplier(() -> toLocation(wish, by)).flatMap(places::open),
                it -> Commands.created(Answer.of(it), it.version(), "/api/locations/" + it.id()));
    }

    private Location toLocation(Wish wish, String by) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return new Location(
                Ids.next(),
                wish.code(),
                wish.name(),
                Objects.requireNonNullElse(wish.kind(), Location.Kind.WAREHOUSE),
                wish.parentId(),
                wish.region(),
                wish.country(),
                wish.climateZone(),
                wish.address(),
                wish.lat(),
                wish.lon(),
                Objects.requireNonNullElse(wish.timeZone(), ZoneOffset.UTC),
                Objects.requireNonNullElse(wish.currency(), "EUR"),
                Objects.requireNonNullElse(wish.managerIds(), List.of()),
                true,
                1,
                now,
                by,
                now,
                by);
    }

    @GetMapping
    @Operation(summary = "Locations in scope by code")
    @Answers(value = Answer.class, list = true)
    Mono<Void> list(@ParameterObject Filter filter, Call call) {
        var scope = call.require(LOCATIONS_READ).principal().locationsFor(LOCATIONS_READ);
        return lists.answer(
                call,
                new Paging(filter.limit(), filter.cursor(), null),
                "locations " + filter.kind() + " " + filter.active(),
                (after, limit) -> locations.list(scope, filter.kind(), filter.active(), after, limit),
                Location::code,
                Answer::of,
                null);
    }

    @GetMapping("/{id}")
    @Operation(summary = "One location")
    @Answers(etag = true)
    Mono<ResponseEntity<Answer>> get(@PathVariable UUID id, Call call) {
        call.require(LOCATIONS_READ, id);
        return locations
                .require(id)
                .map(it -> ResponseEntity.ok().eTag(Commands.etag(it.version())).body(Answer.of(it)));
    }

    @PatchMapping("/{id}")
    @Operation(summary = "Change a location: what is left out stays")
    @Answers(
            value = Answer.class,
            etag = true,
            ifMatch = true,
            problems = {"409 location-not-empty", "409 location-cycle", "422 unknown-location", "422 unknown-user"})
    Mono<ResponseEntity<String>> change(@PathVariable UUID id, @RequestBody Correction correction, Call call) {
        String by = call.require(LOCATIONS_MANAGE, id).principal().account().toString();
        return commands.run(
                call,
                places.change(id, call.requiredVersion(), before -> corrected(before, correction, by)),
                after -> Commands.ok(Answer.of(after), after.version()));
    }

    private Location corrected(Location it, Correction wish, String by) {
        return new Location(
                it.id(),
                it.code(),
                Objects.requireNonNullElse(wish.name().over(it.name()), it.name()),
                Objects.requireNonNullElse(wish.kind().over(it.kind()), it.kind()),
                wish.parentId().over(it.parentId()),
                wish.region().over(it.region()),
                wish.country().over(it.country()),
                wish.climateZone().over(it.climateZone()),
                wish.address().over(it.address()),
                wish.lat().over(it.lat()),
                wish.lon().over(it.lon()),
                Objects.requireNonNullElse(wish.timeZone().over(it.timeZone()), it.timeZone()),
                Objects.requireNonNullElse(wish.currency().over(it.currency()), it.currency()),
                Objects.requireNonNullElse(wish.managerIds().over(it.managerIds()), List.of()),
                Objects.requireNonNullElse(wish.active().over(it.active()), it.active()),
                it.version() + 1,
                it.createdAt(),
                it.createdBy(),
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                by);
    }
}
