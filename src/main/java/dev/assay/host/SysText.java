package dev.assay.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What one file of sysfs says, or why it says nothing.
 *
 * @param missing the kernel does not offer this file at all
 * @param why empty where there is text
 */
record SysText(Optional<String> text, boolean missing, String why) {
    /** @param name how messages name the file */
    static SysText read(Path file, String name) {
        try {
            String text = Files.readString(file).strip();
            return text.isEmpty()
                    ? new SysText(Optional.empty(), false, name + " is empty")
                    : new SysText(Optional.of(text), false, "");
        } catch (NoSuchFileException e) {
            return new SysText(Optional.empty(), true, name + ": no such file");
        } catch (IOException e) {
            return new SysText(Optional.empty(), false, name + " cannot be read: " + e.getMessage());
        }
    }

    /** The text, or the reason in brackets. */
    String words() {
        return text.orElse("(" + why + ")");
    }
}
