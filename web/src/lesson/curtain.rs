//! Rounds behind a curtain: only what one client or node knows is shown until the learner has said what it
//! was. Then the curtain opens, and the guess is counted.

use super::panel::{go, quiet};
use super::{HERE, Lesson, Place, Say, Then};
use crate::chart::survey;
use crate::session::Session;
use crate::text;
use crate::text::curtain as words;
use faultline::lab::guess::{Guess, Round};
use faultline::lab::progress::Guesses;
use faultline::sim::{NodeId, Time};
use yew::{Callback, Html, html};

/// A round as it is being played.
pub(crate) struct Playing {
    round: Round,
    /// What the learner said it was: its place among the causes.
    said: Option<usize>,
}

/// How often it was what: row by row, in each row by what was said.
fn table(guess: &Guess, kept: Option<&Guesses>) -> Vec<Vec<u64>> {
    let count = |truth: &str, said: &str| kept.and_then(|kept| kept.get(&(truth.to_owned(), said.to_owned()))).copied().unwrap_or(0);
    guess.cases.iter().map(|truth| guess.cases.iter().map(|said| u64::from(count(&truth.id, &said.id))).collect()).collect()
}

impl Lesson {
    fn kept_guesses(&self, guess: &Guess) -> Option<&Guesses> {
        self.progress.guesses.get(&guess.id)
    }

    /// Begins the next round: nobody plays the same one twice, until what was guessed is erased.
    pub(super) fn draw_curtain(&mut self, index: usize) -> Then {
        let Some(guess) = self.lab.guesses.get(index) else { return Then::Nothing };
        let played = self.kept_guesses(guess).map_or(0, |kept| kept.values().map(|count| u64::from(*count)).sum());
        match guess.round(&self.lab, &self.library, played) {
            Ok(round) => {
                let then = Then::show(round.scenario.clone(), round.begins, true);
                self.place = Place::Guess(index);
                (self.playing, self.work, self.stars) = (Some(Playing { round, said: None }), None, None);
                then
            }
            Err(why) => {
                self.fault = Some(why);
                Then::Nothing
            }
        }
    }

    /// What is being guessed, and the round.
    fn playing(&self) -> Option<(&Guess, &Playing)> {
        let Place::Guess(index) = self.place else { return None };
        Some((self.lab.guesses.get(index)?, self.playing.as_ref()?))
    }

    /// Whose knowledge alone is shown, while the curtain is closed.
    pub(crate) fn eyes(&self) -> Option<NodeId> {
        self.playing().filter(|(_, playing)| playing.said.is_none()).map(|(guess, _)| guess.eyes)
    }

    /// The moment at which it is asked, while the curtain is closed. Nobody sees what comes after it.
    pub(super) fn asked(&self) -> Option<Time> {
        self.playing().filter(|(_, playing)| playing.said.is_none()).map(|(_, playing)| playing.round.asked)
    }

    /// Straight to the question.
    pub(super) fn to_question(&self) -> Then {
        let Some((_, playing)) = self.playing() else { return Then::Nothing };
        Then::show(playing.round.scenario.clone(), playing.round.asked, false)
    }

    /// The learner says what it was: it is counted, and the run is shown again.
    pub(super) fn guessed(&mut self, said: usize, session: &Session) -> Then {
        let (Place::Guess(index), Some(playing)) = (self.place, &mut self.playing) else { return Then::Nothing };
        let guess = &self.lab.guesses[index];
        if playing.said.is_some() || session.playhead() < playing.round.asked || said >= guess.cases.len() {
            return Then::Nothing;
        }
        playing.said = Some(said);
        let pair = (guess.cases[playing.round.truth].id.clone(), guess.cases[said].id.clone());
        *self.progress.guesses.entry(guess.id.clone()).or_default().entry(pair).or_default() += 1;
        Then::show(playing.round.scenario.clone(), playing.round.begins, true)
    }

    /// What was guessed is forgotten; the next round is the first again.
    pub(super) fn forget_guesses(&mut self) {
        if let Some((guess, _)) = self.playing() {
            let id = guess.id.clone();
            self.progress.guesses.remove(&id);
        }
    }

    /// What somebody who does not see the panel has to hear of the round.
    pub(super) fn round_in_words(&self, playhead: Time) -> Option<String> {
        let (guess, Playing { round, said }) = self.playing()?;
        match said {
            Some(said) => Some(words::decided(&guess.cases[round.truth].say, &guess.cases[*said].say, round.truth == *said)),
            None => (playhead >= round.asked).then(|| guess.say.clone()),
        }
    }
}

/// A round: the question behind the curtain, then what it was, and all guesses so far.
pub(super) fn panel(lesson: &Lesson, session: &Session, say: &Callback<Say>) -> Html {
    let Some((guess, Playing { round, said })) = lesson.playing() else { return Html::default() };
    let Place::Guess(index) = lesson.place else { return Html::default() };
    let asked = session.playhead() >= round.asked;
    let name = |cause: usize| guess.cases[cause].say.as_str();
    html! {
        <>
        <h2 id={HERE} tabindex="-1"><small>{ words::KIND }{ " " }</small>{ guess.title.clone() }</h2>
        <p class="say">{ guess.say.clone() }</p>
        if let Some(said) = *said {
            <div class={if said == round.truth { "verdict broken-by-you" } else { "verdict" }} role="status">
                <h3>{ if said == round.truth { words::RIGHT } else { words::WRONG } }</h3>
                <p>{ words::decided(name(round.truth), name(said), said == round.truth) }</p>
                <p>{ guess.told.clone() }</p>
                <details><summary>{ text::WHY }</summary>
                    <ul class="evidence">{ for round.why.iter().map(|reason| html! { <li>{ reason.to_string() }</li> }) }</ul></details>
            </div>
            <div class="ways">{ go(words::NEXT, Say::Curtain(index), true, say) }</div>
        } else {
            <ul class="answers">{ for guess.cases.iter().enumerate().map(|(cause, case)| html! {
                <li key={cause}><button disabled={!asked} onclick={say.reform(move |_| Say::Cause(cause))}>{ case.say.clone() }</button></li>
            }) }</ul>
            if !asked {
                <p class="help">{ words::WAIT }</p>
                <div class="ways">{ quiet(text::TO_THE_END, Say::Finish, say) }</div>
            }
        }
        { counted(guess, lesson.kept_guesses(guess), say) }
        <div class="ways">{ quiet(text::ALL_CHALLENGES, Say::Choice, say) }</div>
        </>
    }
}

/// All guesses so far, against what it was.
fn counted(guess: &Guess, kept: Option<&Guesses>, say: &Callback<Say>) -> Html {
    let counts = table(guess, kept);
    let all = counts.iter().flatten().sum::<u64>();
    if all == 0 {
        return html! { <p class="help">{ words::NONE }</p> };
    }
    let right = (0..counts.len()).map(|cause| counts[cause][cause]).sum();
    let causes: Vec<_> = guess.cases.iter().map(|case| case.say.as_str()).collect();
    html! {
        <>
        <h3>{ words::TABLE }</h3>
        { survey::counted(words::TABLE, words::CORNER, &causes, &counts) }
        <p class="help">{ words::score(right, all, guess.cases.len()) }</p>
        <div class="ways">{ quiet(words::ERASE, Say::ForgetGuesses, say) }</div>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::tests::{begin, hear, lab};

    #[test]
    fn nobody_sees_behind_the_curtain_and_every_guess_is_counted_once() {
        let (mut lesson, mut session) = begin(&lab("L02"));
        let mut right = 0;
        for number in 0..6 {
            hear(&mut lesson, &mut session, Say::Curtain(0));
            let round = lesson.lab.guesses[0].round(&lesson.lab, &lesson.library, number).expect("a round");
            assert_eq!((lesson.eyes(), session.sim().scenario()), (Some(NodeId(1)), &round.scenario));
            // It is too early, and too late has no place.
            hear(&mut lesson, &mut session, Say::Cause(0));
            assert!(lesson.eyes().is_some() && lesson.measured().is_empty());
            session.seek(Time(4_900_000_000));
            assert_eq!(lesson.watch(&session), Some(round.asked), "time does not pass beyond the question");
            hear(&mut lesson, &mut session, Say::Finish);
            assert_eq!((session.playhead(), lesson.watch(&session)), (round.asked, None));
            hear(&mut lesson, &mut session, Say::Cause(2));
            assert_eq!((lesson.eyes(), session.playhead()), (None, round.begins));
            right += u64::from(round.truth == 2);
            hear(&mut lesson, &mut session, Say::Cause(1));
            session.seek(Time(4_900_000_000));
            assert_eq!(lesson.watch(&session), None, "and now it does");
            assert!(lesson.in_words(session.playhead()).is_some_and(|words| words.contains(&lesson.lab.guesses[0].cases[round.truth].say)));
            assert!(!lesson.measured().is_empty());
        }
        let counts = table(&lesson.lab.guesses[0], lesson.progress.guesses.get("silence"));
        assert_eq!((counts.iter().map(|row| row[2]).sum::<u64>(), counts[2][2]), (6, right));
        assert_eq!(counts.iter().flatten().sum::<u64>(), 6);
        hear(&mut lesson, &mut session, Say::ForgetGuesses);
        assert!(lesson.progress.guesses.is_empty());
    }
}
