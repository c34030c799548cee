/** Files come in by HTTP, and what became of their lines goes out. */
@NullMarked
package io.sluice.imports.web;

import org.jspecify.annotations.NullMarked;
