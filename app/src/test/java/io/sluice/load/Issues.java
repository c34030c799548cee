package io.sluice.load;

import java.util.List;
import java.util.UUID;

/** The command of all runs: one piece issued from stock, in turn from each row, with its own idempotency key. */
final class Issues {

    static final String PATH = "/api/movements";

    private final String run = UUID.randomUUID().toString();
    private final String authorization;
    private final List<Site.Row> rows;
    private long issued;

    Issues(String token, List<Site.Row> rows) {
        this.authorization = "Authorization: Bearer " + token + "\r\nIdempotency-Key: ";
        this.rows = rows;
    }

    /** One command. The time travels in its metadata, as text, because JSON numbers need not hold it. */
    record Issue(int row, String headers, String json) {}

    Issue next(long intended) {
        int row = (int) (issued % rows.size());
        var at = rows.get(row);
        var json = "{\"locationId\":\"" + at.locationId() + "\",\"partId\":\"" + at.partId()
                + "\",\"type\":\"ISSUE\",\"quantity\":1,\"metadata\":{\"at_ns\":\"" + intended + "\"}}";
        return new Issue(row, authorization + run + "-" + issued++ + "\r\n", json);
    }

    int rows() {
        return rows.size();
    }
}
