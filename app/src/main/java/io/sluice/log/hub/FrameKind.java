package io.sluice.log.hub;

import java.util.Locale;

/** The kinds of frames. */
public enum FrameKind {
    READY,
    SNAPSHOT,
    EVENT,
    RESYNC,
    BEAT,
    BYE;

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }
}
