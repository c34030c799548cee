package io.sluice.load;

/** The same read again and again. */
final class Reads implements ClosedLoop.Work {

    private final String path;
    private final String headers;

    Reads(String path, String token) {
        this.path = path;
        this.headers = "Authorization: Bearer " + token + "\r\n";
    }

    @Override
    public void send(HttpLine line) {
        line.send("GET", path, headers, "");
    }

    @Override
    public boolean isRight(HttpLine line, int status, byte[] body, int length) {
        return status == 200 && length > 0;
    }
}
