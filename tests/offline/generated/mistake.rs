//! Mistakes that people make.

use super::file::{File, Part};
use super::random::Random;

/// Makes one of them.
pub(super) fn make(random: &mut Random, file: &mut File) {
    let at = random.below(file.instructions.len());
    let it = &mut file.instructions[at];
    let part = random.below(it.parts.len());
    match random.below(12) {
        0 => drop(file.instructions.remove(at)),
        1 => drop(it.parts.remove(part)),
        2 => it.parts.truncate(1),
        3 => {
            let copy = it.parts[part].clone();
            it.parts.insert(part, copy);
        }
        4 => drop(it.below.pop()),
        5 => {
            let other = random.below(it.parts.len());
            it.parts.swap(part, other);
        }
        6 => {
            let end = it.parts[part].text.char_indices().next_back();
            it.parts[part].text.truncate(end.map_or(0, |(at, _)| at));
        }
        7 => {
            let text = &mut it.parts[part].text;
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            if !places.is_empty() {
                let place = places[random.below(places.len())];
                let sign = random.of(&[
                    "'", "\"", "\\", "$", "{", "}", " ", "<<", "\t", "[", "`", ",", "=",
                ]);
                text.insert_str(place, sign);
            }
        }
        8 => {
            let flag = random.of(&[
                "--from=x",
                "--",
                "--x",
                "--link",
                "--mount=type=x,target=/a",
                "-",
            ]);
            it.parts.insert(1, Part::new(flag));
        }
        9 => {
            let words = ["RNU", "FORM", "COPPY", "RUN:", "x", "MAINTAINR"];
            it.parts[0].text = random.of(&words).to_owned();
        }
        10 => {
            let other = random.below(file.instructions.len());
            file.instructions.swap(at, other);
        }
        _ => it.parts.push(Part::new(
            random.of(&["x", "<<EOF", "\\", "--x", "$", "#", "]"]),
        )),
    }
    if file.instructions.iter().all(|it| it.parts.is_empty()) {
        file.tail.push("FROM scratch".to_owned());
    }
}
