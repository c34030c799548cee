/**
 * Files of lines that become movements, usage, parts, places or categories: how lines are read and mapped, what became
 * of each, and how far an import has come. Mapping is pure; it knows no database and no JSON library.
 */
@NullMarked
package io.sluice.imports;

import org.jspecify.annotations.NullMarked;
