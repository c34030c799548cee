package io.sluice.shared;

/** What is wrong with one field: its path, a stable code, and what was expected. */
public record FieldError(String field, String code, String message) {}
