/**
 * Predictions behind the domain's ports: features, Smile models, registry, drift, explanations. Plain Java: numbers in,
 * numbers out; must not know how anything is stored, reached or scheduled. Nobody else imports Smile.
 */
@NullMarked
package io.sluice.models;

import org.jspecify.annotations.NullMarked;
