package io.sluice.start;

/** A setting without which the server must not start; the message names it in one line. */
final class SettingMissing extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SettingMissing(String message) {
        super(message);
    }

    String line() {
        return String.valueOf(getMessage());
    }
}
