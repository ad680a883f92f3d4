"""Stories from practice, articles and writing tips, and their links to publications."""

from .authors import ArticleAuthor, Author, StoryAuthor
from .dossiers import DossierIndexPage, DossierKeyword, DossierPage
from .imports import ImportedStory
from .links import ArticleLink, DismissedPair, KnowledgeLink, StoryLink
from .questions import QuestionAnswer, QuestionIndexPage, QuestionKeyword, QuestionPage
from .reading import (
    ArticleIndexPage,
    ArticleKeyword,
    ArticlePage,
    StoryIndexPage,
    StoryKeyword,
    StoryPage,
)
from .tips import WritingTipIndexPage, WritingTipPage

__all__ = [
    "ArticleAuthor",
    "ArticleIndexPage",
    "ArticleKeyword",
    "ArticleLink",
    "ArticlePage",
    "Author",
    "DismissedPair",
    "DossierIndexPage",
    "DossierKeyword",
    "DossierPage",
    "ImportedStory",
    "KnowledgeLink",
    "QuestionAnswer",
    "QuestionIndexPage",
    "QuestionKeyword",
    "QuestionPage",
    "StoryAuthor",
    "StoryIndexPage",
    "StoryKeyword",
    "StoryLink",
    "StoryPage",
    "WritingTipIndexPage",
    "WritingTipPage",
]
