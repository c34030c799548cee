/**
 * HTTP conduct that every feature shares: who calls, how bodies and parameters are bound, how commands are answered
 * once, how problems look, how lists are paged. Knows no feature.
 */
@NullMarked
package io.sluice.web;

import org.jspecify.annotations.NullMarked;
