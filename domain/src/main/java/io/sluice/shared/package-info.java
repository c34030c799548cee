/** Words that every feature shares: ids, quantities, problems. Knows no feature and no technology. */
@NullMarked
package io.sluice.shared;

import org.jspecify.annotations.NullMarked;
