package io.sluice.ops;

/** From good to bad. */
enum HealthState {
    OK,
    WARNING,
    CRITICAL;

    HealthState and(HealthState other) {
        return compareTo(other) < 0 ? other : this;
    }
}
