package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CleanTest {
    @Test
    void markupIsEscaped() {
        assertThat(Clean.html("<script>alert(\"1\") && 'x'</script>"))
                .isEqualTo("&lt;script&gt;alert(&quot;1&quot;) &amp;&amp; &#39;x&#39;&lt;/script&gt;");
    }

    @Test
    void whatHidesOrReordersIsTakenOut() {
        assertThat(Clean.text("a\u202Eb\u2066c\u200Bd\u0000e\u001b[31mf\uFEFFg\uD800h\u0085i"))
                .isEqualTo("abcde[31mfghi");
    }

    @Test
    void linesBecomeOne() {
        assertThat(Clean.text(" one\ntwo\tthree\u2028four\r ")).isEqualTo("one two three four");
    }

    @Test
    void otherScriptsStay() {
        assertThat(Clean.text("Žluťoučký 集群 · 95 % 😀")).isEqualTo("Žluťoučký 集群 · 95 % 😀");
    }

    @Test
    void shorteningCountsCharactersAndKeepsPairsWhole() {
        assertThat(Clean.shorten("😀😀😀", 2)).isEqualTo("😀…");
        assertThat(Clean.shorten("abc", 3)).isEqualTo("abc");
    }
}
