package io.sluice.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Movements of one piece each, and the proof that none was lost or done twice: the stock that is left. */
final class Moves implements ClosedLoop.Work {

    private static final byte[] NEW_QUANTITY = "\"newQuantity\":".getBytes(StandardCharsets.US_ASCII);
    private static final int CREATED = 201;

    private final Issues issues;
    private final Map<HttpLine, Issues.Issue> flying = new HashMap<>();
    private final long[] done;
    private final long[] least;

    Moves(Issues issues) {
        this.issues = issues;
        done = new long[issues.rows()];
        least = new long[issues.rows()];
        Arrays.fill(least, Site.OPENING);
    }

    @Override
    public void send(HttpLine line) {
        var issue = flying.computeIfAbsent(line, _ -> issues.next(Clocks.now()));
        line.send("POST", Issues.PATH, issue.headers(), issue.json());
    }

    @Override
    public boolean isRight(HttpLine line, int status, byte[] body, int length) {
        int row = flying.remove(line).row();
        long left = newQuantity(body, length);
        if (status / 100 != 2 || left < 0) {
            return false;
        }
        done[row]++;
        least[row] = Math.min(least[row], left);
        return status == CREATED || status == 200;
    }

    /** Rows whose stock is not what the answers add up to. Asked when nothing is on its way. */
    long wrongRows() {
        long wrong = 0;
        for (int i = 0; i < done.length; i++) {
            wrong += least[i] == Site.OPENING - done[i] ? 0 : 1;
        }
        return wrong;
    }

    private static long newQuantity(byte[] body, int length) {
        for (int i = 0; i + NEW_QUANTITY.length < length; i++) {
            if (Arrays.equals(body, i, i + NEW_QUANTITY.length, NEW_QUANTITY, 0, NEW_QUANTITY.length)) {
                return digits(body, i + NEW_QUANTITY.length, length);
            }
        }
        return -1;
    }

    private static long digits(byte[] body, int from, int length) {
        long value = 0;
        for (int i = from; i < length && body[i] != '.' && body[i] != ',' && body[i] != '}'; i++) {
            value = body[i] >= '0' && body[i] <= '9' ? value * 10 + body[i] - '0' : value;
        }
        return value;
    }
}
