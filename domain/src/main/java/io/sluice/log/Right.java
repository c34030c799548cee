package io.sluice.log;

/** A permission as the log knows it: the word that an event's readers must hold. */
public interface Right {

    String word();
}
