package dev.assay.summary;

/**
 * Text from outside (host names, log tails, site reasons) made safe to show: what could hide, reorder or overwrite other text
 * on the page or the screen is taken out.
 */
final class Clean {
    private Clean() {}

    /** One line: control, format (bidi, zero width), surrogate and unassigned characters gone, line breaks and tabs blanks. */
    static String text(String raw) {
        StringBuilder clean = new StringBuilder(raw.length());
        raw.codePoints().forEach(c -> {
            if (c == '\n' || c == '\t' || c == '\r' || c == 0x2028 || c == 0x2029) {
                clean.append(' ');
            } else if (shown(c)) {
                clean.appendCodePoint(c);
            }
        });
        return clean.toString().strip();
    }

    private static boolean shown(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> false;
            default -> true;
        };
    }

    /** For HTML and SVG, in text and in quoted attributes. */
    static String html(String raw) {
        return text(raw)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    /** At most this many characters, the last an ellipsis where some are missing. */
    static String shorten(String text, int most) {
        if (width(text) <= most) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, Math.max(0, most - 1)))
                        .stripTrailing() + "…";
    }
}
