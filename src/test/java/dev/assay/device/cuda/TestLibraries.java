package dev.assay.device.cuda;

import java.util.List;
import java.util.stream.Stream;

/** Where the machine under test keeps the vendors' libraries: {@code -Dassay.test.libraries=DIR:DIR}. */
public final class TestLibraries {
    private TestLibraries() {}

    public static List<String> directories() {
        return Stream.of(System.getProperty("assay.test.libraries", "").split(":", -1))
                .filter(directory -> !directory.isEmpty())
                .toList();
    }
}
