/** Inventory over HTTP. Methods here bind, ask one activity or read, and answer: no rules. */
@NullMarked
package io.sluice.inventory.web;

import org.jspecify.annotations.NullMarked;
