package dev.assay.summary;

/**
 * A drawing that needs nothing else, and its numbers.
 *
 * @param title of the drawing; also in it
 * @param svg a whole SVG element, well-formed as XML, without script, reference or number that is none
 * @param csv the numbers that are drawn, exactly, a head line first
 */
public record Chart(String title, String svg, String csv) {
    private static final int MOST_NAME = 80;

    /** The title as a file's name, without an extension: letters, digits and hyphens. */
    public String fileName() {
        String plain = title.replace("µ", "u").replaceAll("[^A-Za-z0-9]+", "-").toLowerCase(java.util.Locale.ROOT);
        return plain.substring(0, Math.min(MOST_NAME, plain.length())).replaceAll("^-|-$", "");
    }
}
