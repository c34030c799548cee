package io.sluice.inventory.web;

import io.sluice.inventory.MoveAnswer;
import io.sluice.inventory.MoveCommand;
import io.sluice.inventory.MoveOutcome;
import io.sluice.inventory.MovementType;
import io.sluice.inventory.StockRow;
import io.sluice.log.CanonicalJson;
import io.sluice.log.StoredAnswer;
import io.sluice.shared.FieldError;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import io.sluice.web.Json;
import io.sluice.web.Problems;
import io.sluice.web.RequestIdentity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes the answers of posted movements, by hand: this is the hottest JSON of the server. */
final class MoveWriter {

    private MoveWriter() {}

    /** What {@link #movement} writes. */
    record Movement(
            UUID id,
            UUID locationId,
            UUID partId,
            String partNumber,
            MovementType type,
            Quantity quantity,
            Quantity change,
            Quantity newQuantity,
            Quantity available,
            long position,
            Instant occurredAt,
            Instant recordedAt,
            @Nullable BigDecimal unitPrice,
            @Nullable BigDecimal unitCost,
            @Nullable BigDecimal averageCost,
            @Nullable UUID reversesId) {}

    enum Result {
        APPLIED,
        DUPLICATE,
        REJECTED
    }

    /** A problem of one line: without what belongs to the request as a whole. */
    record Refusal(
            int status,
            String code,
            String detail,
            @Nullable List<FieldError> errors) {}

    record LineOutcome(
            Result outcome,
            @Nullable Movement movement,
            @Nullable Refusal problem) {}

    record Outcome(
            int index,
            Result outcome,
            @Nullable Movement movement,
            @Nullable Refusal problem) {}

    record Outcomes(List<Outcome> items, int applied, int duplicate, int rejected) {}

    /** 201 with the movement, or the refusal's own status. */
    record Single(boolean costs) implements MoveCommand.Writer {

        @Override
        public StoredAnswer write(List<MoveOutcome> outcomes, long[] positions, Instant recordedAt) {
            return switch (outcomes.getFirst()) {
                case MoveOutcome.Applied applied -> {
                    StringBuilder out = new StringBuilder(512).append('{');
                    movement(out, applied, positions[0], recordedAt, costs);
                    yield new StoredAnswer(
                            201,
                            out.append('}').toString(),
                            null,
                            "/api/movements/" + applied.movement().id(),
                            positions[0],
                            false);
                }
                case MoveOutcome.Duplicate duplicate -> duplicate.first();
                case MoveOutcome.Rejected(Problem problem) -> refusal(problem);
            };
        }
    }

    /** 200 with an outcome for each line; 409 when an atomic batch was refused. */
    record Many(boolean atomic, boolean costs) implements MoveCommand.Writer {

        @Override
        public StoredAnswer write(List<MoveOutcome> outcomes, long[] positions, Instant recordedAt) {
            StringBuilder out = new StringBuilder(64 + 256 * outcomes.size()).append("{\"items\":[");
            int applied = 0;
            int duplicate = 0;
            int rejected = 0;
            long last = 0;
            for (int i = 0; i < outcomes.size(); i++) {
                out.append(i == 0 ? "" : ",").append("{\"index\":").append(i).append(',');
                outcome(out, outcomes.get(i), positions[i], recordedAt, costs);
                out.append('}');
                last = Math.max(last, positions[i]);
                switch (outcomes.get(i)) {
                    case MoveOutcome.Applied _ -> applied++;
                    case MoveOutcome.Duplicate _ -> duplicate++;
                    case MoveOutcome.Rejected _ -> rejected++;
                }
            }
            out.append("],\"applied\":").append(applied);
            out.append(",\"duplicate\":").append(duplicate);
            out.append(",\"rejected\":").append(rejected).append('}');
            if (atomic && rejected > 0) {
                return StoredAnswer.of(
                        409,
                        "{\"type\":\"urn:sluice:problem:batch-refused\",\"title\":\"Conflict\",\"status\":409,"
                                + "\"code\":\"batch-refused\",\"detail\":\"nothing was applied\"," + out.substring(1));
            }
            return StoredAnswer.of(200, out.toString()).at(last);
        }
    }

    /** A line of a stream. */
    record Line(boolean costs) implements MoveCommand.Writer {

        @Override
        public StoredAnswer write(List<MoveOutcome> outcomes, long[] positions, Instant recordedAt) {
            StringBuilder out = new StringBuilder(512).append('{');
            outcome(out, outcomes.getFirst(), positions[0], recordedAt, costs);
            return StoredAnswer.of(200, out.append('}').toString());
        }
    }

    private static void outcome(
            StringBuilder out, MoveOutcome outcome, long position, Instant recordedAt, boolean costs) {
        switch (outcome) {
            case MoveOutcome.Applied applied -> {
                out.append("\"outcome\":\"APPLIED\",\"movement\":{");
                movement(out, applied, position, recordedAt, costs);
                out.append('}');
            }
            case MoveOutcome.Duplicate duplicate ->
                out.append("\"outcome\":\"DUPLICATE\",\"movement\":")
                        .append(duplicate.first().body());
            case MoveOutcome.Rejected(Problem problem) -> rejection(out, Problems.brief(problem));
        }
    }

    private static void rejection(StringBuilder out, Map<String, Object> problem) {
        out.append("\"outcome\":\"REJECTED\",\"problem\":").append(Json.write(problem));
    }

    /** A line that got no further than its admission, with the trace under which the log may name it. */
    static String rejected(Map<String, Object> problem) {
        List.of("type", "title", "at").forEach(problem::remove);
        StringBuilder out = new StringBuilder(256).append('{');
        rejection(out, problem);
        return out.append('}').toString();
    }

    private static void movement(
            StringBuilder out, MoveOutcome.Applied applied, long position, Instant recordedAt, boolean costs) {
        io.sluice.inventory.Movement movement = applied.movement();
        StockRow row = applied.row();
        out.append("\"id\":\"").append(movement.id());
        out.append("\",\"locationId\":\"").append(row.key().location());
        out.append("\",\"partId\":\"").append(row.key().part());
        out.append("\",\"partNumber\":");
        CanonicalJson.quote(out, applied.part().partNumber());
        out.append(",\"type\":\"").append(movement.move().type());
        out.append("\",\"quantity\":").append(movement.move().quantity());
        out.append(",\"change\":").append(movement.change());
        out.append(",\"newQuantity\":").append(row.quantity());
        out.append(",\"available\":").append(row.available());
        out.append(",\"position\":").append(position);
        out.append(",\"occurredAt\":\"").append(movement.occurredAt());
        out.append("\",\"recordedAt\":\"").append(recordedAt).append('"');
        amount(out, "unitPrice", movement.unitPrice());
        if (costs) {
            amount(out, "unitCost", movement.move().unitCost());
            amount(out, "averageCost", row.averageCost());
        }
        if (movement.move().reversed() != null) {
            out.append(",\"reversesId\":\"").append(movement.move().reversed()).append('"');
        }
    }

    private static void amount(StringBuilder out, String name, @Nullable BigDecimal amount) {
        if (amount != null) {
            out.append(",\"").append(name).append("\":").append(CanonicalJson.plain(amount));
        }
    }

    private static StoredAnswer refusal(Problem problem) {
        return StoredAnswer.of(
                Problems.statusOf(problem).value(), Json.write(Problems.body(problem, RequestIdentity.UNKNOWN)));
    }

    /** A refused single movement ends as its problem, so that it looks like any other. */
    static void rethrow(MoveAnswer answer) {
        if (!answer.outcomes().isEmpty()
                && answer.outcomes().getFirst() instanceof MoveOutcome.Rejected(Problem problem)) {
            throw problem;
        }
    }

    /** A command as a whole was refused, before any of its lines was looked at. */
    static void rethrowMismatch(MoveAnswer answer) {
        if (answer.answer().status() == 204
                && !answer.outcomes().isEmpty()
                && answer.outcomes().getFirst() instanceof MoveOutcome.Rejected(Problem problem)) {
            throw problem;
        }
    }
}
