package io.sluice.web;

import io.sluice.shared.Ids;
import java.beans.PropertyEditorSupport;
import java.util.UUID;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;

/** Ids in paths are read in full. An editor and no converter: when a converter fails, the framework's editor is tried. */
@ControllerAdvice
final class StrictIds {

    @InitBinder
    void readInFull(WebDataBinder binder) {
        binder.registerCustomEditor(UUID.class, new PropertyEditorSupport() {
            @Override
            public void setAsText(String text) {
                setValue(Ids.of(text));
            }
        });
    }
}
