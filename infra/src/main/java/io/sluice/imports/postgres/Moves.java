package io.sluice.imports.postgres;

import io.sluice.access.Scope;
import io.sluice.imports.Import;
import io.sluice.imports.ImportOptions;
import io.sluice.imports.ImportResource;
import io.sluice.imports.Mapped;
import io.sluice.imports.RetailSurvey;
import io.sluice.inventory.LocationFacts;
import io.sluice.inventory.Move;
import io.sluice.inventory.MovementType;
import io.sluice.inventory.Reference;
import io.sluice.log.OnceKey;
import io.sluice.shared.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes movements of lines, in the requester's rights. */
final class Moves {

    private static final Duration AHEAD = Duration.ofMinutes(5);

    private final Import it;
    private final Names names;
    private final long shift;
    private final boolean dry;

    Moves(Import it, Names names, long shift) {
        this.it = it;
        this.names = names;
        this.shift = shift;
        this.dry = it.options().dryRun();
    }

    /** The place that the line means, where the requester may do what it asks for. */
    LocationFacts place(Mapped.Posting posting) {
        LocationFacts place = names.place(posting.place());
        boolean allowed = it.resource() == ImportResource.MOVEMENTS
                ? it.rights().mayPost(posting.type(), place.id())
                : it.rights().adjust().covers(place.id());
        if (!allowed && !isImagined(place)) {
            throw unknown(posting.place());
        }
        return place;
    }

    private boolean isImagined(LocationFacts place) {
        return names.imaginedPlaces().containsKey(place.id());
    }

    static void requireCovered(Scope<UUID> scope, LocationFacts place, String name) {
        if (!scope.covers(place.id())) {
            throw unknown(name);
        }
    }

    private static Problem unknown(String name) {
        return new Problem.Contradiction("unknown-location", "location", "location " + name + " does not exist");
    }

    Move move(Mapped.Posting posting, Instant now) {
        LocationFacts place = place(posting);
        return new Move(
                place.id(),
                names.part(posting.part()),
                posting.type(),
                posting.quantity(),
                posting.unit(),
                posting.unitCost(),
                posting.unitPrice(),
                posting.currency() == null ? it.options().currency() : posting.currency(),
                posting.reason(),
                posting.note(),
                posting.reference(),
                posting.customer(),
                at(posting, place, now),
                posting.country() == null ? null : Map.of("country", posting.country()),
                dry ? null : new OnceKey(it.keyScope(), it.keyOf(posting), Keys.DIGEST, null),
                it.rights().valueLimit(posting.type(), place.id()),
                null);
    }

    @Nullable
    Instant at(Mapped.Posting posting, LocationFacts place, Instant now) {
        Mapped.Moment moment = posting.at();
        if (moment == null) {
            return null;
        }
        ZoneId zone = Objects.requireNonNullElse(it.options().zone(), place.timeZone());
        Instant at = moment.plusDays(shift).in(zone);
        if (!at.isAfter(now.plus(AHEAD))) {
            return at;
        }
        if (it.options().shiftDates() == ImportOptions.ShiftDates.END_TODAY) {
            return now;
        }
        throw Problem.Invalid.field("occurredAt", "out-of-range", "at most 5 minutes ahead is expected");
    }

    /** At the beginning of the day of the row's first line; empty when its part or place is not there. */
    Optional<Move> opening(RetailSurvey.Needed needed) {
        try {
            LocationFacts place = names.place(needed.row().place());
            ZoneId zone = Objects.requireNonNullElse(it.options().zone(), place.timeZone());
            return Optional.of(new Move(
                    place.id(),
                    names.part(needed.row().code()),
                    MovementType.OPENING,
                    needed.quantity(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    new Reference(Reference.Kind.IMPORT, it.id().toString()),
                    null,
                    needed.since()
                            .plusDays(shift)
                            .toLocalDate()
                            .atStartOfDay(zone)
                            .toInstant(),
                    null,
                    null,
                    it.rights().valueLimit(MovementType.OPENING, place.id()),
                    null));
        } catch (Problem _) {
            return Optional.empty();
        }
    }
}
