/** Makes the domain's activities out of their ports, one small configuration for each feature. */
@NullMarked
package io.sluice.wiring;

import org.jspecify.annotations.NullMarked;
