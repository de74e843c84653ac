package dev.assay.host;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * One counter of the kernel, or why there is none.
 *
 * @param value unsigned
 * @param missing the kernel does not offer it, so other counters may stand without it
 * @param why empty where there is a value
 */
record Count(OptionalLong value, boolean missing, String why) {
    static Count of(long value) {
        return new Count(OptionalLong.of(value), false, "");
    }

    static Count absent(String why) {
        return new Count(OptionalLong.empty(), false, why);
    }

    /** @param name as messages name it, e.g. {@code counters/port_xmit_data} */
    static Count read(Path file, String name) {
        SysText said = SysText.read(file, name);
        return said.text()
                .map(text -> parsed(text, name))
                .orElse(new Count(OptionalLong.empty(), said.missing(), said.why()));
    }

    private static Count parsed(String text, String name) {
        try {
            return of(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            return absent(name + " says \"" + text + "\", which is no count");
        }
    }

    /**
     * What came since {@code before}.
     *
     * @param sticksAt the value at which the counter stops, as InfiniBand's narrow ones do
     */
    Count since(Count before, String name, long sticksAt) {
        if (value.isEmpty() || before.value.isEmpty()) {
            return value.isEmpty() ? this : before;
        }
        long from = before.value.getAsLong();
        long to = value.getAsLong();
        if (Long.compareUnsigned(to, from) < 0) {
            return absent(name + " fell from " + Long.toUnsignedString(from) + " to " + Long.toUnsignedString(to)
                    + " in the window: it was reset, or it wrapped");
        }
        if (Long.compareUnsigned(to, sticksAt) >= 0) {
            return absent(name + " stands at " + Long.toUnsignedString(to)
                    + ", where it sticks: what came since cannot be told; reset it (perfquery -R)");
        }
        return of(to - from);
    }
}
