//! A message to the page around this one: its name, and its fields as an object in JSON.

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) kind: &'static str,
    fields: String,
}

/// Values in JSON.
pub(crate) struct Json(pub(crate) String);

impl Message {
    /// A message with these fields.
    pub(crate) fn new(kind: &'static str, fields: &[(&str, Json)]) -> Self {
        Self { kind, fields: Json::object(fields).0 }
    }

    /// Something is wrong that the page around should know.
    pub(crate) fn error(why: &str) -> Self {
        Self::new("error", &[("message", Json::text(why))])
    }

    /// The fields as an object in JSON.
    pub(crate) fn fields(&self) -> &str {
        &self.fields
    }
}

impl Json {
    pub(crate) fn null() -> Self {
        Self("null".into())
    }

    pub(crate) fn number(number: u64) -> Self {
        Self(number.to_string())
    }

    pub(crate) fn flag(flag: bool) -> Self {
        Self(if flag { "true" } else { "false" }.into())
    }

    pub(crate) fn text(text: &str) -> Self {
        let mut out = String::with_capacity(text.len() + 2);
        out.push('"');
        for letter in text.chars() {
            match letter {
                '"' | '\\' => out.extend(['\\', letter]),
                '\n' => out.push_str("\\n"),
                letter if letter < ' ' => {
                    out.push_str("\\u00");
                    out.extend([letter as u32 >> 4, letter as u32 & 15].map(|digit| char::from_digit(digit, 16).unwrap_or('0')));
                }
                letter => out.push(letter),
            }
        }
        out.push('"');
        Self(out)
    }

    /// A value, or null.
    pub(crate) fn or_null<T>(value: Option<T>, as_json: impl FnOnce(T) -> Self) -> Self {
        value.map_or_else(Self::null, as_json)
    }

    pub(crate) fn list(items: impl Iterator<Item = Self>) -> Self {
        let items: Vec<_> = items.map(|item| item.0).collect();
        Self(["[", &items.join(","), "]"].concat())
    }

    pub(crate) fn object(fields: &[(&str, Self)]) -> Self {
        let fields: Vec<_> = fields.iter().map(|(name, value)| [&Self::text(name).0, ":", &value.0].concat()).collect();
        Self(["{", &fields.join(","), "}"].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_json_whatever_is_said_in_it() {
        let message = Message::new(
            "x",
            &[("a", Json::text("say “no”,\n\"\\\u{1}")), ("b", Json::list([Json::number(7), Json::flag(true), Json::null()].into_iter()))],
        );
        assert_eq!(message.fields(), "{\"a\":\"say “no”,\\n\\\"\\\\\\u0001\",\"b\":[7,true,null]}");
    }
}
