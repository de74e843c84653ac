package dev.assay.summary;

import java.util.List;

/** Writes HTML: markup is the program's own, text is escaped on its way in. */
final class Page {
    private static final int MANY = 12;

    private final StringBuilder out = new StringBuilder();

    /** The program's own markup, never text from outside. */
    Page markup(String html) {
        out.append(html);
        return this;
    }

    Page text(String text) {
        out.append(Clean.html(text));
        return this;
    }

    Page element(String tag, String text) {
        return element(tag, "", text);
    }

    Page element(String tag, String cssClass, String text) {
        return open(tag, cssClass).text(text).close(tag);
    }

    Page open(String tag, String cssClass) {
        out.append('<').append(tag);
        if (!cssClass.isEmpty()) {
            out.append(" class=\"").append(cssClass).append('"');
        }
        out.append('>');
        return this;
    }

    Page close(String tag) {
        out.append("</").append(tag).append(">\n");
        return this;
    }

    Page heading(String text) {
        return element("h2", text);
    }

    /** A list; nothing where there is nothing, and two columns where there is much. */
    Page bullets(List<String> lines) {
        if (lines.isEmpty()) {
            return this;
        }
        open("ul", lines.size() > MANY ? "many" : "");
        lines.forEach(line -> element("li", line));
        return close("ul");
    }

    /** One row of a definition list. */
    Page fact(String name, String value) {
        return element("dt", name).element("dd", value);
    }

    Page heads(String... names) {
        markup("<thead><tr>");
        for (String name : names) {
            boolean number = name.startsWith("#");
            element("th", number ? "n" : "", number ? name.substring(1) : name);
        }
        return markup("</tr></thead>\n");
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
