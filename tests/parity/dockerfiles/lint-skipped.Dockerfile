# check=skip=StageNameCasing,JSONArgsRecommended
FROM alpine AS Upper
CMD one
# check=skip=WorkdirRelativePath
WORKDIR a
MAINTAINER me
# check=skip=all
MAINTAINER you
# check=skip=MultipleInstructionsDisallowed
CMD two
