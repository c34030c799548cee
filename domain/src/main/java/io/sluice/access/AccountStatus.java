package io.sluice.access;

/** {@code INVITED -> ACTIVE <-> DISABLED; ACTIVE <-> LOCKED; any -> ERASED}. */
public enum AccountStatus {
    INVITED,
    ACTIVE,
    DISABLED,
    /** Active, but its name is locked for logins after too many failures; running sessions go on. */
    LOCKED,
    ERASED;

    /** Whether somebody with this status may act. */
    public boolean mayAct() {
        return this == ACTIVE || this == LOCKED;
    }

    public boolean mayBecome(AccountStatus next) {
        return switch (next) {
            case INVITED -> false;
            case ACTIVE -> this == INVITED || this == DISABLED || this == LOCKED;
            case DISABLED, LOCKED -> this == ACTIVE;
            case ERASED -> this != ERASED;
        };
    }
}
